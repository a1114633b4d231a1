"""How sure an answer has to be: it is weighed against everything else that might be quoted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

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


def test_a_unit_that_stands_alone_needs_no_more_than_to_be_likely() -> None:
    assert share([said("Behind the house.")], nothing_alike) == pytest.approx(EVEN)
    assert share([said("Behind the house."), said("At nine.", 1, support=0.02)], nothing_alike) > ENOUGH


def test_units_of_one_paper_that_fit_equally_make_each_other_doubtful() -> None:
    """A question that no line answers lies equally near to several lines about its topic."""
    lines = [said("Behind the house."), said("Next to the lake.", 1), said("By the road.", 2)]
    assert share(lines, all_alike) == pytest.approx(0.25)
    assert share(lines, nothing_alike) < ENOUGH


def test_a_fact_that_stands_in_two_papers_is_not_in_doubt() -> None:
    """A clinic says its address on every page."""
    twice = [said("Behind the house."), said("You find us behind the house.", 1, paper="letter")]
    assert share(twice, all_alike) == pytest.approx(2 / 3)
    assert share(twice, nothing_alike) == pytest.approx(1 / 3)


def test_certainty_is_no_division_by_nothing() -> None:
    assert share([said("Behind the house.", support=1.0)], nothing_alike) == pytest.approx(1.0)


def weighed(*passages: Passage) -> list[Weighed]:
    return [Weighed(unit, EVEN) for unit in units(passages)]


def test_what_is_shown_together_is_not_in_doubt() -> None:
    """All that a patient has to bring answers what to bring."""
    items = weighed(listed("Please bring:", "A photo ID", "Your card", "A list of drugs", "Shoes"))
    rows = weighed(row(("Visit", "First"), ("Price", "$90")), row(("Visit", "Later"), ("Price", "$70")))
    assert share(items, nothing_alike) == pytest.approx(4 / 5)
    assert share(rows, nothing_alike) == pytest.approx(2 / 3)


def test_items_of_two_lists_make_each_other_doubtful() -> None:
    """Only those of one list are shown together."""
    lists = weighed(*(listed(lead, "Shoes") for lead in ("Please bring:", "We sell:", "We lend:")))
    assert share(lists, nothing_alike) == pytest.approx(0.25)


def test_sentences_of_one_long_answer_are_not_in_doubt() -> None:
    """A clinic's long answer to the very question that is asked is as near in each of its sentences."""
    sentences = " ".join(f"Step {n} of the visit takes some of your time and is done with care." for n in range(20))
    assert share(weighed(faq("What is the visit like?", sentences)), nothing_alike) == pytest.approx(20 / 21)
