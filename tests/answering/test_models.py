"""What the models are asked, and what becomes of an answer when they say no or nothing."""

from collections.abc import Sequence

import pytest

from app.answering.base import AnswerKind
from app.answering.cosines import Models
from app.answering.extractive import ExtractiveAnswerer
from app.answering.selecting import MOST_WEIGHED
from app.answering.units import units
from knowledge.errors import EmbedderMissing
from tests.answering.desk import DESK, WORDS_ONLY, found, likeness
from tests.answering.papers import faq, listed, prose

PAPERS = [
    faq("How much is a first visit?", "A first visit is $140."),
    prose("Park behind the building. The gate closes at eight."),
    listed("Please bring:", *(f"Thing number {number}" for number in range(20))),
]
QUESTION = "How much is a first visit?"


def test_a_reader_that_fails_leaves_the_words() -> None:
    """Its native code may fail at any question; the desk must go on answering."""

    def failing(_question: str, _pieces: Sequence[str]) -> list[float]:
        raise EmbedderMissing("gone", "restore it")

    passages = found(QUESTION, PAPERS)
    answer = ExtractiveAnswerer(Models(likeness, odds=failing)).answer(QUESTION, passages)
    assert answer.kind is AnswerKind.ANSWER
    assert answer == WORDS_ONLY.answer(QUESTION, passages)


def test_the_reader_is_asked_about_few_pieces_under_their_headings() -> None:
    """Each costs milliseconds while the patient waits, and a price alone does not say of what."""
    seen: list[tuple[str, list[str]]] = []

    def noting(question: str, pieces: Sequence[str]) -> list[float]:
        seen.append((question, list(pieces)))
        return [0.0] * len(pieces)

    question = "which things should I bring to my first visit?"
    ExtractiveAnswerer(Models(likeness, odds=noting)).answer(question, found(question, PAPERS))
    [(asked, pieces)] = seen
    assert asked == question
    assert 0 < len(pieces) <= MOST_WEIGHED
    assert set(pieces) <= {unit.placed for unit in units(PAPERS)}


@pytest.mark.parametrize(("said", "kind"), [(-12.0, AnswerKind.REFUSAL), (6.0, AnswerKind.ANSWER)])
def test_what_the_reader_says_counts(said: float, kind: AnswerKind) -> None:
    """A piece may have all the words of a question and not answer it."""

    def saying(_question: str, pieces: Sequence[str]) -> list[float]:
        return [said if "$140" in piece else -12.0 for piece in pieces]

    question = "what do you charge when I come for the first time?"
    passages = found(question, PAPERS)
    assert ExtractiveAnswerer(Models(likeness, odds=saying)).answer(question, passages).kind is kind


def test_the_shipped_models_answer() -> None:
    answer = DESK.answer(QUESTION, found(QUESTION, PAPERS))
    assert "$140" in answer.text
