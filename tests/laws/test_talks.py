"""Laws of whole talks: for any messages, understood and decided, in English and Spanish."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue import moves as m
from app.dialogue.action import Catalogue
from app.dialogue.asking import applying
from app.dialogue.decide import decide
from app.dialogue.state import ActionStatus, SlotStatus, State
from app.understanding.rules import RulesUnderstanding

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna", "aetna": "Aetna"})
RULES = RulesUnderstanding()
TODAY = date(2026, 3, 2)
QUESTION, PERSON = "What are your hours?", "can I talk to a person"
GIVEN = ["my name is Ana Ruiz", "Ana Ruiz", "703-555-0148", "ana@mail.example", "knee pain", "I have Cigna", "Aetna",
         "W123456789", "Dr. Smith", "I was referred by Dr. Lee, orthopedics", "Tuesday mornings", "nobody referred me",
         "self pay", "me duele la espalda", "tengo Cigna", "lunes por la tarde"]  # fmt: skip
WANTED = ["please call me back", "I need an appointment", "I have a referral", "quiero que me llamen",
          "actually I'd rather book an appointment"]  # fmt: skip
CHANGED = ["no, Aetna", "sorry, the last digit is 4", "it's 0142 not 0148", "I meant Thursday", "the phone is wrong",
           "scratch that", "wrong phone, use 571-555-0111", "same number as before", "remove my member ID",
           "my last name is Ruis", "also my hip hurts", "not Tuesday", "mi apellido es Ríos", "never mind"]  # fmt: skip
SAID = [
    *("yes", "no", "skip", "I don't have it", "cancel", "start over", "thanks", "hello", "yes but it's Aetna", "sí"),
    *("looks good, send it", "no la tengo", "the rest is right", "why do you need that?", "hmm", "?", "one sec"),
    *("yes but the phone is wrong", "yes, and my phone is 555"),
]

piece = st.sampled_from([*GIVEN, *WANTED, *CHANGED, *SAID, QUESTION])
message = st.builds(
    lambda pieces, joint: joint.join(pieces),
    st.lists(piece, min_size=1, max_size=3),
    st.sampled_from([". ", "\n", ", "]),
)
form = st.sampled_from([
    (),
    ("please call me back", "Ana Ruiz", "703-555-0148"),
    ("please call me back", "Ana Ruiz", "703-555-0148", "billing", "skip"),
    ("I was referred by Dr. Lee, orthopedics", "Ana Ruiz", "703-555-0148", "knee pain", "Cigna", "skip", "mornings"),
])  # fmt: skip
"""Where many bugs hide: nowhere, in the middle, and at the read-back."""
talk = st.builds(lambda begun, more: [*begun, *more], form, st.lists(message, min_size=1, max_size=6))


@dataclass(frozen=True, slots=True)
class Played:
    """One turn."""

    before: State
    commands: list[c.Command]
    after: State
    moves: list[m.Move]


def _turn(state: State, text: str) -> Played:
    """The state goes through storage before every turn, as it does in the field."""
    stored = State.from_json(json.loads(json.dumps(state.to_json())))
    commands = RULES.understand(text, stored, CATALOGUE)
    after, moves = decide(stored, commands, CATALOGUE, TODAY)
    return Played(stored, commands, after, moves)


def _play(messages: list[str]) -> list[Played]:
    turns: list[Played] = []
    for text in messages:
        turns.append(_turn(turns[-1].after if turns else State(), text))
    return turns


def _takes_back(command: c.Command, slot: str) -> bool:
    return command == c.StartOver() or command == c.CorrectSlot(slot, "")


@given(talk)
@settings(deadline=None)
def test_what_is_settled_is_not_asked_unless_taken_back(messages: list[str]) -> None:
    """Without it a patient could be asked twice for a field that was given, skipped or unknown."""
    for turn in _play(messages):
        for move in turn.moves:
            if isinstance(move, m.Ask) and move.slot in turn.before.slots:
                assert any(_takes_back(command, move.slot) for command in turn.commands)


@given(talk)
@settings(deadline=None)
def test_a_given_field_goes_only_when_it_is_named_or_taken_back(messages: list[str]) -> None:
    """Without it a question, a refusal or another action could lose what a patient typed."""
    for turn in _play(messages):
        touched = {
            command.name for command in turn.commands if isinstance(command, c.CorrectSlot | c.SkipSlot | c.SetSlot)
        }
        restarted = c.StartOver() in turn.commands
        for name, value in turn.before.filled().items():
            assert restarted or name in touched or None in touched or turn.after.filled().get(name) == value


@given(talk)
@settings(deadline=None)
def test_nothing_is_sent_but_what_was_read_back_or_changed_beside_the_yes(messages: list[str]) -> None:
    """Without it a value that the patient never saw could reach the clinic, or a form with a field left open."""
    for turn in _play(messages):
        for move in turn.moves:
            if not isinstance(move, m.Complete):
                continue
            action = CATALOGUE.action(move.action)
            assert action is not None
            assert c.Affirm() in turn.commands
            assert (turn.before.status, turn.before.action) == (ActionStatus.CONFIRMING, move.action)
            given = {
                command.name
                for command in turn.commands
                if not isinstance(command, c.StartAction) and hasattr(command, "name")
            }
            for spec in action.slots:
                slot = turn.after.slots.get(spec.name)
                assert slot is not None or spec.name not in applying(action, turn.after.slots, turn.after.caller)
                assert slot is None or slot.status in SlotStatus
                assert slot == turn.before.slots.get(spec.name) or spec.name in given


@given(talk, st.lists(piece.filter(lambda said: said != QUESTION), max_size=2), st.sampled_from([". ", "\n"]))
@settings(deadline=None)
def test_a_question_beside_anything_is_answered_once(messages: list[str], others: list[str], joint: str) -> None:
    """Without it a question typed beside a field, a correction or a yes could be swallowed."""
    turn = _turn(_play(messages)[-1].after, joint.join([*others, QUESTION]))
    asked = [move.question for move in turn.moves if isinstance(move, m.Answer)]
    assert sum("hours" in question for question in asked) == 1
    assert len(asked) == sum(isinstance(command, c.AskQuestion) for command in turn.commands)


@given(talk, st.lists(piece, max_size=2), st.sampled_from([". ", "\n"]))
@settings(deadline=None)
def test_a_person_asked_for_beside_anything_is_offered(messages: list[str], others: list[str], joint: str) -> None:
    """Without it somebody could be kept from a person by what else they wrote."""
    turn = _turn(_play(messages)[-1].after, joint.join([*others, PERSON]))
    assert turn.moves.count(m.HandOff()) == 1
    assert turn.after.handoff


@given(talk)
@settings(deadline=None)
def test_a_talk_played_again_is_the_same(messages: list[str]) -> None:
    """Without it a turn that is run again after a crash could end otherwise."""
    assert _play(messages) == _play(messages)


@given(talk)
@settings(deadline=None)
def test_every_reply_ends_in_one_question_at_most(messages: list[str]) -> None:
    """Without it the next message could be read for the wrong field."""
    for turn in _play(messages):
        places = [place for place, move in enumerate(turn.moves) if isinstance(move, m.Question)]
        assert len(places) <= 1
        assert not places or places[0] == len(turn.moves) - 1
        assert turn.moves


def test_the_laws_speak_of_talks_that_get_somewhere() -> None:
    """Without it the laws could hold because no talk ever completes, changes a field or asks one again."""
    story: list[Any] = ["please call me back", "Ana Ruiz", "703-555-0148", "billing", "skip", "the phone is wrong",
                        "same number as before", "yes but it's Aetna"]  # fmt: skip
    turns = _play(story)
    assert m.Ask("contact") in turns[5].moves
    assert m.Complete("callback") in turns[-1].moves
    assert turns[-1].after.filled()["contact"] == "+17035550148"
