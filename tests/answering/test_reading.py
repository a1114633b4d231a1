"""The pieces that answering stands on: sentences, days, kinds of fact, typos, languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.days import days_named, spelled
from app.answering.kinds import Kind, asked_kind, holds
from app.answering.question import read
from app.answering.searching import sought
from app.answering.sentences import sentences
from app.answering.terms import grams
from app.answering.typos import mended
from app.dialogue.language import language_of


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Ask Dr. Lee. She is in.", ["Ask Dr. Lee.", "She is in."]),
        ("We open at 7 a.m. and close at 5 p.m. Call us.", ["We open at 7 a.m. and close at 5 p.m.", "Call us."]),
        ("See form No. 5 first. Then sign!", ["See form No. 5 first.", "Then sign!"]),
        ("Bring ID, cards, etc. to the desk.", ["Bring ID, cards, etc. to the desk."]),
        ("It costs $4.50 today. Really? Yes.", ["It costs $4.50 today.", "Really?", "Yes."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, pieces: list[str]) -> None:
    """Half a sentence would be quoted as a statement."""
    assert sentences(text) == pieces


@given(st.text())
def test_no_character_is_lost_between_sentences(text: str) -> None:
    """A quote must be found again in its paper."""
    pieces = sentences(text)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece in text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Mon - Thu: 7 AM - 6 PM", {0, 1, 2, 3}),
        ("Monday through Friday", {0, 1, 2, 3, 4}),
        ("Mo, Tu, We 08:00-18:00", {0, 1, 2}),
        ("Sat & Sun closed", {5, 6}),
        ("Fri to Mon", {4, 5, 6, 0}),
        ("on weekends", {5, 6}),
        ("lunes a viernes", {0, 1, 2, 3, 4}),
        ("We sat with the sun on us", {5, 6}),
        ("we may walk to school, so tell us", set()),
        ("call us", set()),
    ],
)
def test_days_are_understood_as_ranges(text: str, days: set[int]) -> None:
    """ "Are you open on Wednesday?" is answered by "Mon - Thu"."""
    assert days_named(text) == days


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How much is an evaluation?", Kind.MONEY),
        ("what do you charge for massage", Kind.MONEY),
        ("how much time should I plan", Kind.DURATION),
        ("What time do you open?", Kind.HOURS),
        ("how long is a visit", Kind.DURATION),
        ("What is your phone number?", Kind.PHONE),
        ("Where are you located?", Kind.ADDRESS),
        ("how many visits will I need", Kind.NUMBER),
        ("how often will I come in", Kind.FREQUENCY),
        ("when can I be seen", Kind.AVAILABILITY),
        ("how long is the wait for a first visit", Kind.AVAILABILITY),
        ("¿Cuánto cuesta una visita?", Kind.MONEY),
        ("¿Cuál es su horario?", Kind.HOURS),
        ("Do you treat knees?", None),
        ("Does insurance pay for the pool?", None),
    ],
)
def test_the_kind_of_fact_is_read_from_the_question(question: str, kind: Kind | None) -> None:
    """The kind decides what text may answer."""
    assert asked_kind(question) is kind


@pytest.mark.parametrize(
    ("text", "kind", "held"),
    [
        ("A visit costs $90.", Kind.MONEY, True),
        ("We bill your plan.", Kind.MONEY, False),
        ("Call (503) 555-0142.", Kind.PHONE, True),
        ("Call us.", Kind.PHONE, False),
        ("Visits take 45 minutes.", Kind.DURATION, True),
        ("Visits are short.", Kind.DURATION, False),
        ("New patients are seen within 3 days.", Kind.AVAILABILITY, True),
        ("Each visit takes about one hour.", Kind.AVAILABILITY, False),
        ("Your first visit is one hour long.", Kind.AVAILABILITY, False),
        ("14 Birch Lane, Suite 2", Kind.ADDRESS, True),
        ("We treat backs.", Kind.ADDRESS, False),
    ],
)
def test_a_text_holds_a_kind_or_not(text: str, kind: Kind, held: bool) -> None:
    """A price asked for and a sentence without one: that is the refusal."""
    assert holds(text, kind) is held


@pytest.mark.parametrize(
    ("said", "word", "meant"),
    [
        ("apointment", "appointment", True),
        ("Signa", "Cigna", False),
        ("Cgina", "Cigna", True),
        ("humana", "human", False),
        ("medical", "Medi-Cal", False),
        ("insurence", "insurance", True),
    ],
)
def test_a_slip_of_the_fingers_is_mended_and_another_word_is_not(said: str, word: str, meant: bool) -> None:
    """A payer that is nearly another payer is another payer."""
    there = grams(f"we like {word} here")
    asked = mended(read(f"do you like {said}"), there)
    assert any(need.met(there) and need.weight >= 1 for need in asked.needs) is meant


def test_language_is_told_by_small_words() -> None:
    """The fixed sentence must come in the patient's language."""
    assert language_of("¿Puedo hablar con una persona?") == "es"
    assert language_of("cuando es mi cita") == "es"
    assert language_of("when is my appointment") == "en"
    assert language_of("") == "en"


def test_the_search_is_helped_by_the_words_of_papers() -> None:
    """ "When can I get in?" has no word in common with "New patients are seen within 4 days"."""
    assert "new patients" in sought("when can I get in?")
    assert sought("Do you treat knees?") == "Do you treat knees?"


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("Sat - Sun: Closed", "Saturday - Sunday: Closed"),
        ("SAT: closed", "Saturday: closed"),
        ("M-F 8-5", "Monday - Friday 8-5"),
        ("Mon, Wed, Fri 8-5", "Monday, Wednesday, Friday 8-5"),
        ("are you open on sat?", "are you open on Saturday?"),
        ("closed on Sun. Parking is free.", "closed on Sunday. Parking is free."),
        ("do you treat sun damage?", "do you treat sun damage?"),
        ("I sat and waited", "I sat and waited"),
        ("since Mar 3", "since Mar 3"),
    ],
)
def test_short_days_are_read_in_full(text: str, full: str) -> None:
    """A model that reads takes "Sat" for a verb, and "Sun Valley" is no Sunday."""
    assert spelled(text) == full
