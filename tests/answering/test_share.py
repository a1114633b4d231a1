"""How sure an answer has to be: what is shown is weighed against everything else that might be quoted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.answering.cosines import Likeness
from app.answering.selecting import ENOUGH, Weighed, share
from app.answering.units import Unit, units
from knowledge.types import Passage
from tests.answering.papers import faq, listed, row

EVEN = 0.5


def said(text: str, rank: int = 0, *, paper: str = "faq", support: float = EVEN) -> Weighed:
    """A unit of `paper` that is as likely to be right as `support` says, looked at alone."""
    passage = replace(faq("Where?", text), document_id=paper)
    return Weighed(Unit(passage, rank, -1, text, ""), support)


def nothing_alike(_text: str, others: Sequence[str]) -> list[float]:
    return [0.0] * len(others)


def all_alike(_text: str, others: Sequence[str]) -> list[float]:
    return [1.0] * len(others)


def of_best(weighed: Sequence[Weighed], likeness: Likeness, *, shown: int = 1) -> float:
    """The share of the first `shown` of `weighed`."""
    return share(weighed, [one.unit for one in weighed[:shown]], likeness)


def test_a_unit_that_stands_alone_needs_no_more_than_to_be_likely() -> None:
    assert of_best([said("Behind the house.")], nothing_alike) == pytest.approx(EVEN)
    likely = said("Behind the house.", support=0.6)
    assert of_best([likely, said("At nine.", 1, support=0.02)], nothing_alike) > ENOUGH


def test_units_of_one_paper_that_fit_equally_make_each_other_doubtful() -> None:
    """A question that no line answers lies equally near to several lines about its topic."""
    lines = [said("Behind the house."), said("Next to the lake.", 1), said("By the road.", 2)]
    assert of_best(lines, all_alike) == pytest.approx(0.25)
    assert of_best(lines, nothing_alike) < ENOUGH


def test_a_fact_that_stands_in_two_papers_is_not_in_doubt() -> None:
    """A clinic says its address on every page."""
    twice = [said("Behind the house."), said("You find us behind the house.", 1, paper="letter")]
    assert of_best(twice, all_alike) == pytest.approx(2 / 3)
    assert of_best(twice, nothing_alike) == pytest.approx(1 / 3)


def test_certainty_is_no_division_by_nothing() -> None:
    assert of_best([said("Behind the house.", support=1.0)], nothing_alike) == pytest.approx(1.0)


def weighed(*passages: Passage) -> list[Weighed]:
    return [Weighed(unit, EVEN) for unit in units(passages)]


def test_what_is_shown_together_is_not_in_doubt() -> None:
    pieces = [said("Behind the house."), said("On Heron Street.", 1), said("At nine.", 2)]
    assert of_best(pieces, nothing_alike) == pytest.approx(1 / 4)
    assert of_best(pieces, nothing_alike, shown=2) == pytest.approx(2 / 4)


def test_the_rest_of_one_list_or_table_is_not_in_doubt() -> None:
    """All that a patient has to bring answers what to bring, whether or not there is room to show it."""
    items = weighed(listed("Please bring:", "A photo ID", "Your card", "A list of drugs", "Shoes"))
    rows = weighed(row(("Visit", "First"), ("Price", "$90")), row(("Visit", "Later"), ("Price", "$70")))
    assert of_best(items, nothing_alike) == pytest.approx(4 / 5)
    assert of_best(rows, nothing_alike) == pytest.approx(2 / 3)
    unlikely = [*items[:3], Weighed(items[3].unit, EVEN / 2)]
    assert of_best(unlikely, nothing_alike) == pytest.approx(1 - (1 + 1 / 3) / (4 + 1 / 3))


def test_items_of_two_lists_make_each_other_doubtful() -> None:
    """Only those of one list are shown together."""
    lists = weighed(*(listed(lead, "Shoes") for lead in ("Please bring:", "We sell:", "We lend:")))
    assert of_best(lists, nothing_alike) == pytest.approx(0.25)


def test_sentences_of_one_long_answer_are_not_in_doubt() -> None:
    """A clinic's long answer to the very question that is asked is as near in each of its sentences."""
    sentences = " ".join(f"Step {n} of the visit takes some of your time and is done with care." for n in range(20))
    assert of_best(weighed(faq("What is the visit like?", sentences)), nothing_alike) == pytest.approx(20 / 21)
