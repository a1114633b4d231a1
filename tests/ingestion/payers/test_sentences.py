"""Payers in running sentences: as many ways to say it as clinics have, and never a yes that nobody said."""

import pytest

from ingestion.pipeline import ingest

IN, OUT, NOT, SECONDARY = "in_network", "out_of_network", "not_accepted", "secondary_only"
Row = tuple[str, str | None, str]


def rows_of(text: str) -> set[Row]:
    """Payer, plan and status of each row that a paper with this text gives."""
    found = ingest(f"# Insurance\n\n{text}\n".encode(), "paper.md").payer_rows
    return {(row.payer, row.plan, row.status) for row in found}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Good news for teachers: Regence and Premera are both in our network.",
         {("Regence", None, IN), ("Premera", None, IN)}),
        ("BCBS and Cigna both pay us as an in-network provider.", {("BCBS", None, IN), ("Cigna", None, IN)}),
        ("Both Regence and Moda count as in network, and so does Kaiser PPO.",
         {("Regence", None, IN), ("Moda", None, IN), ("Kaiser", "PPO", IN)}),
        ("We belong to the Aetna and Cigna networks.", {("Aetna", None, IN), ("Cigna", None, IN)}),
        ("You can see us with Premera. You cannot see us with Molina.", {("Premera", None, IN), ("Molina", None, NOT)}),
        ("Medicare Part B pays for therapy here.", {("Medicare", "Part B", IN)}),
        ("We take Cigna. Kaiser? No, sorry.", {("Cigna", None, IN), ("Kaiser", None, NOT)}),
        ("No Medicaid, please.", {("Medicaid", None, NOT)}),
        ("We dropped Humana in the summer.", {("Humana", None, NOT)}),
        ("We have left the Oscar network.", {("Oscar", None, OUT)}),
        ("Aetna pays us out of network.", {("Aetna", None, OUT)}),
        ("If you have Humana, you can still come, but you'll be out of network.", {("Humana", None, OUT)}),
        ("Con Humana estamos fuera de la red. Medicaid no lo aceptamos. Medicare sí.",
         {("Humana", None, OUT), ("Medicaid", None, NOT), ("Medicare", None, IN)}),
        ("Tricare solo como seguro secundario.", {("Tricare", None, SECONDARY)}),
    ],
)  # fmt: skip
def test_what_a_sentence_says(text: str, rows: set[Row]) -> None:
    """A clinic that writes its list as it speaks would have no list."""
    assert rows_of(text) == rows


def test_a_payer_taken_at_one_office_only() -> None:
    """The other office's patients would be told yes, or everybody that it depends."""
    [row] = ingest(b"# Insurance\n\nMedicaid is accepted only at the Elm Street office.\n", "paper.md").payer_rows
    assert (row.payer, row.status, row.location) == ("Medicaid", IN, "Elm Street")


@pytest.mark.parametrize(
    "text",
    [
        "Some of our patients with Cigna pay cash.",
        "If you have questions for Humana, call the number on your card.",
        "Kaiser members often drive far to see us.",
        "We used to be in network with Oscar.",
        "Ask whether your Regence plan covers us.",
        "A friend of ours works for Premera.",
        "Medicare requires a signed plan of care.",
        "Blue Cross says that we will join next year.",
        "Is Molina accepted?",
        "Medicaid no lo aceptamos.",
        "If Moda pays us as an in-network provider, we tell you.",
        "No Medicare referral is needed.",
        "Ask us if Regence counts as in network.",
    ],
)
def test_no_yes_where_nobody_said_it(text: str) -> None:
    """A payer that is only spoken of would be told to patients as taken."""
    assert not {row for row in rows_of(text) if row[2] == IN}
