"""Two papers that say different things: both are quoted, and staff learn of it."""

from dataclasses import replace

import pytest

from app.answering.base import AnswerKind
from knowledge.types import Passage
from tests.answering.desk import WORDS_ONLY, ask
from tests.answering.papers import faq, prose, row

OLD = "Handbook 2024"


def older(one: Passage) -> Passage:
    return replace(one, document_id="doc_2", document=OLD)


FEE = prose("If you miss a visit without calling, we charge a fee of $40.", "Missed visits")
OTHER_FEE = older(prose("A missed visit without a call costs a fee of $65.", "When you miss a visit"))
VIDEO = faq("Do you offer video visits?", "Yes, after your first visit.")
NO_VIDEO = older(faq("Do you offer video visits?", "No, all visits are in person."))
TOWELS = prose("Fresh towels are on the shelf by the pool.", "Towels")


@pytest.mark.parametrize(
    ("question", "papers", "said"),
    [
        ("how much is it if I miss a visit", (FEE, OTHER_FEE, TOWELS), ("$40", "$65")),
        ("do you offer video visits", (VIDEO, NO_VIDEO, TOWELS), ("Yes, after", "No, all visits")),
    ],
)
def test_papers_that_disagree_are_both_quoted(
    question: str, papers: tuple[Passage, ...], said: tuple[str, str]
) -> None:
    """Whichever were picked, half of the patients would be told something false."""
    answer = ask(question, papers)
    assert answer.disagreement
    assert all(words in answer.text for words in said)
    assert {citation.document for citation in answer.citations} == {"Patient guide", OLD}
    assert "different things" in answer.text


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("how much is it if I miss a visit", (FEE, older(FEE))),
        ("how much is it if I miss a visit", (FEE, older(prose("A follow-up visit costs $95.", "Prices")))),
        ("how much is it if I miss a visit", (FEE, replace(OTHER_FEE, document_id="doc_1"))),
        ("do you offer video visits", (VIDEO, older(faq("Do you offer home visits?", "No, we have no car.")))),
        (
            "what does the evaluation cost",
            (
                row(("Service", "Evaluation"), ("Price", "$150.00")),
                older(prose("The evaluation costs $150 when you pay yourself.", "Prices")),
            ),
        ),
    ],
)
def test_the_same_fact_or_another_matter_is_no_disagreement(question: str, papers: tuple[Passage, ...]) -> None:
    """A desk that cries wolf makes staff stop looking, and patients doubt what is plain."""
    answer = ask(question, papers)
    assert answer.kind is AnswerKind.ANSWER
    assert not answer.disagreement


def test_words_alone_see_it_too() -> None:
    """While the embedder is loading, or has failed, both must still be shown."""
    assert WORDS_ONLY.answer("do you offer video visits", [VIDEO, NO_VIDEO]).disagreement
