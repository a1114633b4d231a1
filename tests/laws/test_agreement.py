"""Laws of the read-back: a yes counts as far as it goes, and no further."""

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue import moves as m
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide
from app.dialogue.shipped import read_yaml
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.understanding.agreeing import Agreement, agreement
from app.understanding.rules import RulesUnderstanding
from app.understanding.whose import without_others

CATALOGUE = Catalogue(shipped_actions())
RULES = RulesUnderstanding()
LISTED = read_yaml("app.understanding", "agreeing.yaml")
READ_BACK = State(
    action="callback",
    status=ActionStatus.CONFIRMING,
    slots={
        name: SlotValue(SlotStatus.FILLED, value, value)
        for name, value in {"patient_name": "Ana Ruiz", "contact": "+17035550142", "reason": "billing"}.items()
    }
    | {"preferred_times": SlotValue(SlotStatus.DECLINED)},
)
YES = [*LISTED["firm"], *LISTED["weak"], "looks good", "all right", "todo bien", "that's correct", "yes, send it"]
PLAIN = [word for listed in LISTED.values() for word in listed]

yes = st.sampled_from(YES)
word = st.sampled_from(["my", "cast", "friday", "doctor", "number", "daughter", "timing", "card", "story", "meeting",
                        "rodilla", "tarjeta", "viernes", "surgery", "mail", "Ana", "told", "brought"]) | st.text(
    "abcdefghijlmnoprstuv", min_size=3, max_size=9
)  # fmt: skip
tail = st.lists(word, min_size=1, max_size=6).filter(lambda words: any(one not in PLAIN for one in words)).map(" ".join)
negation = st.sampled_from(
    ["not", "nothing is", "none of it is", "it isn't", "that's not", "no es", "nada es", "never"]
)


def _played(text: str) -> tuple[list[c.Command], bool]:
    commands = RULES.understand(text, READ_BACK, CATALOGUE)
    _, moves = decide(READ_BACK, commands, CATALOGUE, date(2026, 3, 2))
    return commands, any(isinstance(move, m.Complete) for move in moves)


@given(yes, st.sampled_from([" ", ", ", " and ", " but ", ", y "]), tail)
@settings(deadline=None)
def test_a_yes_that_opens_a_clause_about_something_else_submits_nothing(said: str, joint: str, more: str) -> None:
    """Without it "perfect timing, my cast comes off Friday" would send a form that nobody confirmed."""
    commands, sent = _played(said + joint + more)
    changed = any(isinstance(command, c.SetSlot | c.CorrectSlot | c.SkipSlot) for command in commands)
    assert not sent or changed or agreement(said + joint + more)


@given(st.sampled_from(["", "great, ", "yes, ", "ok ", "sí, "]), negation, yes)
@settings(deadline=None)
def test_a_negated_yes_submits_nothing(opening: str, no: str, said: str) -> None:
    """Without it "great, nothing is right" would send what the patient calls wrong."""
    assert not _played(f"{opening}{no} {said}")[1]


@given(
    yes,
    st.sampled_from(
        ["is that the right number?", "is my name spelled right?", "are you sure?", "¿está bien mi nombre?"]
    ),
)
@settings(deadline=None)
def test_a_question_about_what_was_read_back_leaves_it_open(said: str, question: str) -> None:
    """Without it a form would be sent while the patient still doubts it."""
    assert not _played(f"{said}. {question}")[1]
    assert not _played(f"{said}, {question}")[1]


@pytest.mark.parametrize("said", LISTED["firm"])
def test_every_firm_yes_agrees_alone_and_submits(said: str) -> None:
    """Without it a word of the list could be dead, or eaten by another reading."""
    assert agreement(said) is Agreement.FIRM
    assert _played(said)[1]


OWN = ["mine is {}", "call me at {}", "my cell is {}", "please use {}", "reach me at {}", "el mío es {}"]
OTHERS = ["my doctor's number is {}", "don't call {}", "my wife's phone is {}", "{} is my old number", "never use {}",
          "the clinic is at {}", "no llame al {}"]  # fmt: skip


@given(
    st.sampled_from(OWN),
    st.sampled_from(OTHERS),
    st.sampled_from([" but ", ". ", ", ", "; "]),
    st.permutations(["703-555-0148", "(571) 555-0190"]),
    st.sampled_from(list(permutations((0, 1)))),
)
@settings(deadline=None)
def test_the_writers_own_number_is_taken_whichever_comes_first(
    own: str, other: str, joint: str, numbers: list[str], order: tuple[int, int]
) -> None:
    """Without it the clinic would call the doctor, or the number that the patient asked not to call."""
    clauses = [own.format(numbers[0]), other.format(numbers[1])]
    left = without_others(joint.join(clauses[place] for place in order))
    assert numbers[0] in left
    assert numbers[1] not in left


@given(st.text(max_size=200))
@settings(deadline=None)
def test_text_without_two_numbers_is_left_alone(text: str) -> None:
    """Without it words of a patient could go for nothing."""
    assert without_others(text) == text or sum(char.isdigit() for char in text) >= 14 or "@" in text
