"""What must hold of the rows of any paper, tried on made-up ones."""

import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingestion.pipeline import ingest
from ingestion.types import Parsed, Unreadable

PAYER = st.sampled_from(
    [
        "Aetna",
        "Cigna",
        "Kaiser Permanente",
        "Blue Cross of Idaho",
        "Medicaid",
        "UMR",
        "Workers' comp",
        "Pine Hollow Trust",
    ]
)
PLAN = st.sampled_from(["", " PPO", " HMO plans", " (all plans)", " - PPO only", " (excluding HMO)", ": EPO, POS"])
NEGATION = st.sampled_from(
    [
        "{} (not accepted)", "{} - out of network", "{}: we do not bill this plan", "We do not accept {}.",
        "We are not in network with "
        "{}.", "{} is not accepted.", "No {} plans are accepted.", "{} is no longer in network.",
        "We no longer take {}.", "Neither {} nor Humana is accepted.", "We can't accept {} at this time.",
        "No aceptamos {}.", "We are out of network with {}.", "{} (non-par)", "We have never accepted {}.",
        "Unfortunately, we are not contracted with {}.", "{} patients cannot be seen here.",
    ]
)  # fmt: skip
LEAD = st.sampled_from(
    [
        "We accept:",
        "In network",
        "We are in network with these insurance plans:",
        "Accepted insurance",
        "Seguros aceptados:",
    ]
)
OTHER = st.sampled_from(
    [
        "{} needs a referral.", "Bring your {} card.", "Call {} first.", "We accept {}.", "{} is accepted.", "{}",
        "{} is in network until "
        "12/31/2026.", "Do you take {}?", "Yes.", "Our prices are fair.", "We take {}, but not {}.",
    ]
)  # fmt: skip
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text: str) -> Parsed | None:
    try:
        return ingest(text.encode(), "paper.md")
    except Unreadable:
        return None


def lawful(parsed: Parsed) -> None:
    for row in parsed.payer_rows:
        chunk = parsed.chunks[row.ordinal]
        assert chunk.ordinal == row.ordinal
        assert row.quote in chunk.text
        assert (row.page, row.heading) == (chunk.page, chunk.heading)
        assert bool(row.payer) != row.general
        stands = " ".join((row.quote, row.lead, *row.heading)).casefold()
        assert row.payer.casefold() in stands
        assert row.plan is None or all(word in stands for word in re.findall(r"\w+", row.plan.casefold()))


@SETTINGS
@given(LEAD, st.lists(st.tuples(NEGATION, PAYER), min_size=1, max_size=5))
def test_words_that_negate_are_never_in_network(lead: str, lines: list[tuple[str, str]]) -> None:
    """Without it a "no" under a heading that says yes would become a yes."""
    said = [words.format(payer) for words, payer in lines]
    for text in (f"{lead}\n\n" + "\n".join(f"- {line}" for line in said), f"# {lead}\n\n" + "\n\n".join(said)):
        parsed = read(text)
        assert parsed is not None
        lawful(parsed)
        assert [row for row in parsed.payer_rows if row.status == "in_network"] == []


@example([("{} (not accepted)", "Aetna", "", "\n\n"), ("In network", "Aetna", "", " ")])
@SETTINGS
@given(
    st.lists(st.tuples(st.one_of(LEAD, OTHER, NEGATION), PAYER, PLAN, st.sampled_from(["\n\n", "\n- ", " ", "\n## "])))
)
def test_rows_of_any_mixture_stand_in_the_paper(parts: list[tuple[str, str, str, str]]) -> None:
    """Without it a row could name a payer, a plan or a quote that the paper does not hold."""
    parsed = read("".join(join + words.format(payer + plan, payer) for words, payer, plan, join in parts))
    if parsed is not None:
        lawful(parsed)


@SETTINGS
@given(st.lists(st.lists(st.one_of(PAYER, NEGATION.map(lambda words: words.format("it")), st.sampled_from(
    ["Yes", "No", "In network", "Out of network", "-", "PPO", "All plans", "X", "1/1/2027", "Payer", "Status", "Plan"]
)), min_size=3, max_size=3), min_size=2, max_size=8))  # fmt: skip
def test_rows_of_any_table_stand_in_it(rows: list[list[str]]) -> None:
    """Without it a table of another shape could give rows from nowhere, or stop the parser."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    try:
        parsed = ingest(out.getvalue().encode(), "paper.csv")
    except Unreadable:
        return
    lawful(parsed)
