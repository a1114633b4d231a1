"""What a question asks for beyond a kind of fact: somebody, a time, a place, a name; and what it takes for granted."""

import pytest

from app.answering.asked_for import lacks_asked, wanted
from app.answering.base import Answer, AnswerKind
from app.answering.fixed import Fixed, recognise
from app.answering.question import read
from app.answering.units import units
from knowledge.types import Passage
from tests.answering import desk, papers


@pytest.mark.parametrize(
    ("question", "without", "having"),
    [
        ("who runs the running group?", "It meets on Mondays.", "Ask for Petra at the desk."),
        ("which therapist treats jaws", "We treat jaws.", "Dr. Amari treats jaws."),
        ("when does the group start?", "It is for hikers.", "It starts on May 4."),
        ("where do I leave my bike?", "Bikes are welcome.", "Bikes go behind the shed."),
        ("what brand is the treadmill?", "The treadmill is new.", "The treadmill is a Stridewell."),
    ],
)
def test_a_text_without_what_is_asked_for_is_told_apart(question: str, without: str, having: str) -> None:
    """ "It is for hikers" would otherwise answer when the group of hikers meets."""
    assert lacks_asked(wanted(question), question, without)
    assert not lacks_asked(wanted(question), question, having)


@pytest.mark.parametrize(
    "question", ["Is there someone who speaks Urdu?", "can I come when I have a cold", "any pool?"]
)
def test_a_question_word_that_asks_nothing_wants_nothing(question: str) -> None:
    """A clause about somebody is no question who."""
    assert not wanted(question)


@pytest.mark.parametrize(
    ("question", "granted"),
    [
        ("Since you have a sauna, do I need a towel?", ["sauna"]),
        ("My friend says Ottoline is in on Mondays, so what time does she start?", ["Ottoline"]),
        ("since my surgery was in May, do I need a referral?", []),
        ("because of my knee, is there a lift?", []),
        ("My lawyer says every therapist waits for his money. Do you?", []),
        ("My lawyer says you wait for your money. Do you?", ["wait", "money"]),
        ("Do you have a sauna?", []),
    ],
)
def test_what_is_taken_for_granted_of_the_clinic_is_no_story(question: str, granted: list[str]) -> None:
    """What patients tell of themselves need not stand in a paper; what they tell of the clinic has to."""
    assert [need.said for need in read(question).premise] == granted


def test_a_false_premise_is_not_passed_over() -> None:
    """Answering the rest of it would say yes to the premise."""
    text = papers.faq("What should I bring?", "Bring a towel and water for the gym.")
    assert ask("Since you have a sauna on the roof, should I bring a towel?", text).kind is AnswerKind.REFUSAL
    assert ask("Since you have a gym, should I bring a towel?", text).kind is AnswerKind.ANSWER


def test_the_noun_that_is_asked_to_be_told_has_to_be_there() -> None:
    """ "What software" is not answered by what the software is used for."""
    text = papers.prose("Running assessment with treadmill video, 80 minutes.", "Extras")
    assert ask("what kind of treadmill software is used for the video?", text).kind is AnswerKind.REFUSAL
    assert [need.said for need in read("which kind of insurance forms do you need").essential] == ["forms"]


def test_a_name_with_small_words_around_it_is_a_name() -> None:
    """Three capitals in a short question are no shouting: the plan must stand in the paper."""
    assert any(need.named and need.said == "Larkspur" for need in read("Do you accept Larkspur Health Plan").needs)
    assert not any(need.named for need in read("DO YOU HAVE A POOL").needs)


@pytest.mark.parametrize(
    ("piece", "topic"),
    [
        (papers.row(("Service", "Balance class"), ("Price", "$12")), "Balance class"),
        (papers.listed("Fees:", "Late cancel (under 24 hours): $45"), "Late cancel"),
        (papers.listed("We treat:", "Backs and necks"), "Backs and necks"),
        (papers.listed("Rules:", "One visitor may come along and wait in the lobby"), ""),
        (papers.prose("Fees: see the list."), ""),
    ],
)
def test_rows_and_items_say_what_they_are_about(piece: Passage, topic: str) -> None:
    """A row about another thing would otherwise answer with its own price."""
    assert units([piece])[0].topic == topic


@pytest.mark.parametrize(
    ("question", "fixed"),
    [
        ("are we over the visit limit already", Fixed.PERSONAL),
        ("what did my insurer say about the brace", Fixed.PERSONAL),
        ("what do you have open tomorrow after lunch", Fixed.LIVE),
        ("are you out of network with anyone", None),
        ("what is open on Thanksgiving", None),
    ],
)
def test_questions_about_ones_own_record_are_told_from_those_about_rules(question: str, fixed: Fixed | None) -> None:
    """A rule on missed visits is no answer to how many visits are left."""
    assert recognise(question) is fixed


def ask(question: str, *passages: Passage) -> Answer:
    return desk.ask(question, passages)
