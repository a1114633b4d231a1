"""What is counted as a false statement, and what as a true quote beside the point."""

import pytest

from app.answering.base import Answer, AnswerKind
from scripts.evals.judging import is_false, is_right
from scripts.evals.sets import Question


def said(text: str) -> Answer:
    return Answer(AnswerKind.ANSWER, "", text)


@pytest.mark.parametrize(
    ("truth", "text", "false"),
    [
        ("no", "May I bring my dog?\nYes, on a leash.", True),
        ("no", "You bet. Ask the desk.", True),
        ("yes", "Nope.\nWe never do.", True),
        ("yes", "Not before noon.", True),
        ("yes", "Yes, on a leash.", False),
        ("no", "Dogs sleep in the yard.", False),
        ("no", "Yesterday's rule was changed.", False),
        ("yes", "Notes are ready the same day.", False),
        ("", "No, we do not.", False),
    ],
)
def test_the_opposite_yes_or_no_is_false(truth: str, text: str, false: bool) -> None:
    """Crossed, a patient comes with a dog that is turned away; a quote about something else only wastes a minute."""
    question = Question("can my dog come", ("only guide dogs come inside",), truth=truth)
    assert not is_right(said(text), question)
    assert is_false(said(text), question) is false


def test_the_right_words_with_the_wrong_yes_or_no_are_false() -> None:
    """Of an insurer only yes, no or conditional counts."""
    question = Question("is Alder in network", ("We are in network with Alder",), "no", truth="no")
    answer = said("We are in network with Alder.")
    assert not is_right(answer, question)
    assert is_false(answer, question)
