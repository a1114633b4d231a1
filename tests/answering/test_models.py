"""What the models are asked, and what becomes of an answer when they say no or nothing."""

from collections.abc import Sequence

import pytest

from app.answering.base import AnswerKind
from app.answering.cosines import Models, asking
from app.answering.extractive import ExtractiveAnswerer
from app.answering.topics import Topics
from app.answering.units import units
from app.answering.weighing import MOST_READ
from knowledge.errors import EmbedderMissing
from tests.answering.desk import DESK, WORDS_ONLY, found, likeness, vectors
from tests.answering.papers import faq, listed, payer, prose

PAPERS = [
    faq("How much is a first visit?", "A first visit is $140."),
    prose("Park behind the building. The gate closes at eight."),
    listed("Please bring:", *(f"Thing number {number}" for number in range(20))),
]
QUESTION = "How much is a first visit?"


def test_a_reader_that_fails_leaves_the_vectors() -> None:
    """Its native code may fail at any question; the desk must go on answering as well as it can."""

    def failing(_question: str, _pieces: Sequence[str]) -> list[float]:
        raise EmbedderMissing("gone", "restore it")

    question = "where would I put my purse and stuff"
    passages = found(question, [*PAPERS, faq("Are there lockers?", "Yes, cubbies with keys by the gym door.")])
    topics = Topics(vectors)
    answer = ExtractiveAnswerer(Models(likeness, topics, failing)).answer(question, passages)
    assert "cubbies" in answer.text
    assert answer == ExtractiveAnswerer(Models(likeness, topics)).answer(question, passages)
    assert WORDS_ONLY.answer(question, passages).kind is AnswerKind.REFUSAL


def test_when_all_models_fail_words_are_left() -> None:
    def failing(_question: str, _pieces: Sequence[str]) -> list[float]:
        raise EmbedderMissing("gone", "restore it")

    passages = found(QUESTION, PAPERS)
    answer = ExtractiveAnswerer(Models(failing, odds=failing)).answer(QUESTION, passages)
    assert answer.kind is AnswerKind.ANSWER
    assert answer == WORDS_ONLY.answer(QUESTION, passages)


STORY = "I hurt my back last spring lifting boxes and it has been sore in the mornings ever since then. "


@pytest.mark.parametrize("times", [0, 1, 2, 5])
def test_a_long_story_before_a_question_answers_nothing(times: int) -> None:
    """The reader has seen little story: with a long one before it, it finds an answer in everything."""
    papers = [*PAPERS, faq("Do you treat back pain?", "Yes, of all kinds.")]
    question = f"{STORY * times}Do you sell gift cards?"
    assert DESK.answer(question, found(question, papers)).kind is AnswerKind.REFUSAL


def test_of_a_long_message_the_reader_gets_what_asks() -> None:
    assert asking("I woke up sick. Do I pay?") == "I woke up sick. Do I pay?"
    assert asking(f"{STORY}Where do I park? Thank you!") == "Where do I park?"
    assert asking(f"{STORY}Tell me where to park.") == "Tell me where to park."


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
    assert 0 < len(pieces) <= MOST_READ
    assert set(pieces) <= {unit.placed for unit in units(PAPERS)}


@pytest.mark.parametrize(("said", "kind"), [(-12.0, AnswerKind.REFUSAL), (6.0, AnswerKind.ANSWER)])
def test_what_the_reader_says_counts(said: float, kind: AnswerKind) -> None:
    """A piece may have all the words of a question and not answer it."""

    def saying(_question: str, pieces: Sequence[str]) -> list[float]:
        return [said if "$140" in piece else -12.0 for piece in pieces]

    question = "what do you charge when I come for the first time?"
    passages = found(question, PAPERS)
    assert ExtractiveAnswerer(Models(likeness, odds=saying)).answer(question, passages).kind is kind


def test_what_is_read_need_not_have_the_words_that_are_asked_for() -> None:
    """Words alone must not quote what names no price to who asks for one; who reads knows that help is meant."""
    help_there = prose("Ask at the desk about our hardship form.", "If money is tight")
    question = "I lost my job. How much could you take off my bill, is there a form?"

    def saying(_question: str, pieces: Sequence[str]) -> list[float]:
        return [6.0 if "hardship" in piece else -12.0 for piece in pieces]

    passages = found(question, [*PAPERS, help_there])
    assert "hardship" in ExtractiveAnswerer(Models(likeness, odds=saying)).answer(question, passages).text
    assert "hardship" not in ExtractiveAnswerer(Models(likeness)).answer(question, passages).text


def test_no_reading_quotes_another_insurers_row() -> None:
    """A wrong yes about an insurer costs a patient money, however sure the model is."""

    def sure(_question: str, pieces: Sequence[str]) -> list[float]:
        return [12.0] * len(pieces)

    question = "do you take Humana?"
    passages = found(question, [payer("Cigna", "PPO", "In network"), payer("Aetna", "All plans", "In network")])
    assert ExtractiveAnswerer(Models(likeness, odds=sure)).answer(question, passages).kind is AnswerKind.REFUSAL


def test_the_shipped_models_answer() -> None:
    answer = DESK.answer(QUESTION, found(QUESTION, PAPERS))
    assert "$140" in answer.text
