"""What papers say about payers comes out as rows: whole, with the right status, and nothing that they do not say."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from ingestion.parser_process import ParserProcess
from ingestion.pipeline import ingest
from ingestion.types import PayerRowDraft
from tests.ingestion.payers.measure import HERE, Case, cases, draft_key, row_key

SAMPLES = Path(__file__).resolve().parents[3] / "scripts" / "sample_clinics"
FILES = ("papers.yaml", "papers_2.yaml", "papers_3.yaml", "papers_prose.yaml")
PAPERS = [case for name in FILES for case in cases(HERE / name)]


def rows_of(text: str, name: str = "paper.txt") -> list[tuple[str, str | None, str]]:
    return [(row.payer, row.plan, row.status) for row in ingest(text.encode(), name).payer_rows]


@pytest.mark.parametrize("case", PAPERS, ids=lambda case: f"{case.name}.{case.format}")
def test_rows_of_a_paper(case: Case) -> None:
    """Without it a patient would be told what the clinic's list does not say."""
    parsed = case.parsed()
    assert Counter(map(draft_key, parsed.payer_rows)) == Counter(map(row_key, case.paper["rows"])) - Counter(
        map(row_key, case.paper.get("missed", ()))
    )
    for payer, _, _, *more in case.paper["rows"]:
        if more and "note" in more[0]:
            assert any(
                more[0]["note"] in (row.note or "")
                for row in parsed.payer_rows
                if row.payer.casefold() == payer.casefold()
            )
    said = " ".join(parsed.warnings)
    assert case.paper.get("warns", "") in said
    assert "warns" in case.paper or not said


@pytest.mark.parametrize(
    ("clinic", "paper"), [("brindle-cove", "payer-list.pdf"), ("juniper-bench", "payer-list.xlsx")]
)
def test_rows_of_the_sample_lists(clinic: str, paper: str) -> None:
    """Without it the demo would show a payer list that is not the clinic's."""
    truth = yaml.safe_load((HERE / "sample_lists.yaml").read_text("utf-8"))[clinic]
    parsed = ingest(SAMPLES / clinic / "papers" / paper, paper)
    own = {"quote", "ordinal", "page", "heading", "lead"}
    rows = [
        {name: value for name, value in asdict(row).items() if name not in own and value not in (None, "", False, ())}
        for row in parsed.payer_rows
    ]
    assert rows == truth
    assert parsed.warnings == ()
    assert all((row.page is not None) == paper.endswith("pdf") for row in parsed.payer_rows)


def test_quotes_are_found_in_their_chunks() -> None:
    """Without it an answer would cite words that stand nowhere."""
    for case in PAPERS:
        parsed = case.parsed()
        for row in parsed.payer_rows:
            chunk = parsed.chunks[row.ordinal]
            assert row.quote in chunk.text
            assert row.page == chunk.page
            stands = " ".join((row.quote, row.lead, *row.heading)).casefold()
            assert row.general or row.payer.casefold() in stands


SILENT = [
    "Bring your Aetna card.",
    "If you have Medicare, your plan may need a referral.",
    "Call Cigna for your benefits.",
    "Dana Poe, PT, worked for Kaiser Permanente.",
    "Aetna does not accept faxed forms.",
    "We used to take Premera.",
    "Medicare is accepted by most clinics in town.",
    "If we are in network with Aetna, you pay a copay.",
    "Please check whether we are in network with Moda.",
    "We cannot promise that we are in network with Cigna.",
    "Do you accept Aetna?",
    "We hope to be in network with Humana soon.",
    "We accept Visa, Discover and cash.",
    "We take pride in our work with Kaiser members' knees.",
    "Your doctor may accept Cigna.",
    "An Aetna visit costs $40.",
    "Not all Aetna plans are accepted.",
    "We accept referrals from Kaiser doctors.",
    "Bring your Aetna card: we take it at the desk.",
    "We need your Cigna number. We take it at the first visit.",
    "Call Humana about the form; we accept it by fax.",
    "If you have Premera through an old job, we can take it.",
    "Regence: yes to surveys.",
    "Aetna has joined our list of sponsors.",
    "You can use Aetna's website.",
    "Our contract with Humana covers speech therapy.",
]


@pytest.mark.parametrize("sentence", SILENT)
def test_a_payer_that_is_only_mentioned_is_no_row(sentence: str) -> None:
    """Without it a story about an insurer would become a promise to bill it."""
    assert [row for row in rows_of(sentence) if row[2] != "conditional"] == []


NO = [
    "We do not accept Kaiser. The same goes for Molina.",
    "We are not in network with Kaiser. Neither is Aetna.",
    "Our agreement with Cigna was cancelled.",
    "The plans we do not take are Molina and Ambetter.",
    "Patients with Kaiser are billed as self-pay.",
    "At Mill Street we do not take Moda.",
]


@pytest.mark.parametrize("text", NO)
def test_a_no_in_other_words_is_never_a_yes(text: str) -> None:
    """Without it a sentence that goes on with a "no" would be read as a yes, or not at all."""
    statuses = {row[2] for row in rows_of(text)}
    assert statuses
    assert statuses <= {"not_accepted", "out_of_network"}


SPOKEN = [
    ("We never bill Aetna.", [("Aetna", None, "not_accepted")]),
    (
        "Neither Kaiser nor Medicaid is accepted.",
        [("Kaiser", None, "not_accepted"), ("Medicaid", None, "not_accepted")],
    ),
    ("If you have Kaiser, we are out of network.", [("Kaiser", None, "out_of_network")]),
    (
        "While we are out of network with Cigna, we are in network with Aetna.",
        [("Cigna", None, "out_of_network"), ("Aetna", None, "in_network")],
    ),
    ("Some of our therapists are in network with Aetna.", [("Aetna", None, "conditional")]),
    ("We take Medicaid as secondary only.", [("Medicaid", None, "secondary_only")]),
    ("We accept Tricare Prime only with a referral.", [("Tricare", "Prime", "conditional")]),
    ("We bill Cigna for you as a courtesy.", [("Cigna", None, "conditional")]),
    ("We accept Aetna, and Cigna requires a referral.", [("Aetna", None, "in_network")]),
]


@pytest.mark.parametrize(("sentence", "rows"), SPOKEN)
def test_a_sentence_says_what_it_says(sentence: str, rows: list[tuple[str, str | None, str]]) -> None:
    """Without it one word ("not", "some", "only") would be overlooked."""
    assert rows_of(sentence) == rows


@pytest.mark.parametrize(
    "text", ["We have no agreement with Aetna, and with Cigna.", "We hold no contracts with Aetna."]
)
def test_a_no_before_an_agreement_is_never_a_yes(text: str) -> None:
    """Without it "no agreement" would be read as an agreement."""
    assert "in_network" not in {row[2] for row in rows_of(text)}


def test_rows_come_out_of_the_parser_process_as_they_went_in() -> None:
    """Without it the server would get rows without their days or notes."""
    paper = SAMPLES / "brindle-cove" / "papers" / "payer-list.pdf"
    parser = ParserProcess()
    try:
        parsed = parser.parse(paper, paper.name)
    finally:
        parser.close()
    assert parsed == ingest(paper, paper.name)
    assert all(isinstance(row, PayerRowDraft) for row in parsed.payer_rows)
    assert len(parsed.payer_rows) == 40
