"""Laws of deciding: for any commands in any order, whatever the state."""

import json
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
from app.dialogue.state import ActionStatus, State

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna", "aetna": "Aetna"})
TODAY = date(2026, 3, 2)
NAMES = sorted({spec.name for action in CATALOGUE.actions for spec in action.slots})
SAID = ["Rosa Delgado", "212-555-0143", "rosa@mail.example", "Dr. Smith", "orthopedics", "back pain", "Cigna",
        "no insurance", "W1234567",
        "weekday mornings", "nobody", "555", "?", "", "123-45-6789", "x" * 1200]  # fmt: skip

command = st.one_of(
    st.builds(c.AskQuestion, st.sampled_from(["do you take Cigna?", "when can I get in?"])),
    st.builds(c.StartAction, st.sampled_from(["referral", "callback", "appointment_request", "unheard_of"])),
    st.builds(c.SetSlot, st.sampled_from([*NAMES, "unheard_of"]), st.sampled_from(SAID)),
    st.builds(
        c.CorrectSlot, st.sampled_from(NAMES), st.sampled_from(SAID), st.sampled_from(["instead", "also", "except"])
    ),
    st.builds(c.KeepSlot, st.sampled_from([None, *NAMES])),
    st.builds(c.SkipSlot, st.sampled_from([None, *NAMES]), st.sampled_from(["declined", "unknown"])),
    st.sampled_from([c.Affirm(), c.Deny(), c.CancelAction(), c.RequestHuman(), c.SmallTalk("thanks"), c.Unclear()]),
    st.sampled_from([c.StartOver(), c.ResumeIntake(), c.UseLanguage("es"), c.UseLanguage("en")]),
)
_ALL_BUT_TIMES = [
    c.SetSlot("patient_name", "Bea"),
    c.SetSlot("contact", "212-555-0143"),
    c.SetSlot("reason", "my bill"),
]
begun = st.sampled_from([
    [],
    [[c.StartAction("callback"), *_ALL_BUT_TIMES]],
    [[c.StartAction("callback"), *_ALL_BUT_TIMES], [c.SkipSlot(None, "declined")]],
])  # fmt: skip
"""Nowhere, before the last field, and at the read-back: where most of what can go wrong does."""
telling = st.sampled_from([
    [c.Affirm()],
    [c.SkipSlot(None, "declined"), c.Affirm()],
    [c.CorrectSlot("contact", ""), c.Affirm()],
    [c.CorrectSlot("contact", "555"), c.Affirm()],
    [c.CorrectSlot("contact", ""), c.AskQuestion("do you take Cigna?")],
    [c.SetSlot("reason", "my knee"), c.AskQuestion("when can I get in?")],
])  # fmt: skip
"""What chance alone would seldom put together: a yes beside what forbids it, a question beside a change."""
messages = st.builds(
    lambda first, more: [*first, *more],
    begun,
    st.lists(st.one_of(telling, st.lists(command, min_size=1, max_size=4)), min_size=1, max_size=14),
)


def _play(talk: list[list[Any]]) -> list[tuple[State, list[Any], State, list[m.Move]]]:
    state, turns = State(), []
    for commands in talk:
        after, moves = decide(state, commands, CATALOGUE, TODAY)
        turns.append((state, commands, after, moves))
        state = after
    return turns


@given(messages)
@settings(deadline=None)
def test_a_settled_slot_is_never_asked(talk: list[list[Any]]) -> None:
    """Without it a patient could be asked again for what was given, declined or unknown."""
    for _, _, after, moves in _play(talk):
        for move in moves:
            if isinstance(move, m.Ask):
                assert move.slot not in after.slots
                assert after.asking == move.slot


@given(messages)
@settings(deadline=None)
def test_nothing_completes_unsettled_or_unconfirmed(talk: list[list[Any]]) -> None:
    """Without it a referral could go out with a field nobody answered, or without a yes after the read-back."""
    for before, commands, after, moves in _play(talk):
        for move in moves:
            if isinstance(move, m.Complete):
                action = CATALOGUE.action(move.action)
                assert action is not None
                assert before.status is ActionStatus.CONFIRMING
                assert before.action == move.action
                assert c.Affirm() in commands
                assert not any(isinstance(other, m.Reject) for other in moves)
                unsettled = [
                    s.name
                    for s in action.slots
                    if s.name not in after.slots and s.name in applying(action, after.slots, after.caller)
                ]
                assert not unsettled


@given(messages)
@settings(deadline=None)
def test_every_question_gets_one_answer(talk: list[list[Any]]) -> None:
    """Without it a question could be swallowed by the form, or answered twice."""
    for _, commands, _, moves in _play(talk):
        asked = [command.text for command in commands if isinstance(command, c.AskQuestion)]
        assert sorted(asked) == sorted(move.question for move in moves if isinstance(move, m.Answer))


@given(messages)
@settings(deadline=None)
def test_questions_alone_do_not_move_the_form(talk: list[list[Any]]) -> None:
    """Without it a digression could change a field or lose the pending question."""
    state = _play(talk)[-1][2]
    after, moves = decide(state, [c.AskQuestion("do you take Cigna?")], CATALOGUE, TODAY)
    assert after.slots == state.slots
    assert (after.status, after.action) == (state.status, state.action)
    if state.asking:
        assert moves[-1] == m.Ask(state.asking)


@given(messages, st.lists(command, max_size=3))
@settings(deadline=None)
def test_a_person_is_never_refused(talk: list[list[Any]], others: list[Any]) -> None:
    """Without it someone could be kept in the form against their will."""
    state = _play(talk)[-1][2]
    after, moves = decide(state, [*others, c.RequestHuman()], CATALOGUE, TODAY)
    assert moves.count(m.HandOff()) == 1
    assert after.handoff


@given(messages)
@settings(deadline=None)
def test_at_most_one_question_and_it_comes_last(talk: list[list[Any]]) -> None:
    """Without it a reply could end in two questions, and the next answer would be read for the wrong field."""
    for _, _, after, moves in _play(talk):
        places = [place for place, move in enumerate(moves) if isinstance(move, m.Question)]
        assert len(places) <= 1
        assert not places or places[0] == len(moves) - 1
        assert moves or after.emergency


@given(messages)
@settings(deadline=None)
def test_an_emergency_asks_and_submits_nothing(talk: list[list[Any]]) -> None:
    """Without it the form would go on while somebody should be calling 911."""
    state = _play(talk)[-1][2].with_(emergency=True)
    for commands in talk:
        if c.ResumeIntake() in commands:
            break
        state, moves = decide(state, commands, CATALOGUE, TODAY)
        assert not any(isinstance(move, m.Ask | m.Confirm | m.AskChange | m.Complete) for move in moves)


@given(messages)
@settings(deadline=None)
def test_the_state_survives_storage(talk: list[list[Any]]) -> None:
    """Without it a conversation that is loaded from the database would go on differently."""
    for _, _, after, _ in _play(talk):
        assert State.from_json(json.loads(json.dumps(after.to_json()))) == after


@given(messages)
@settings(deadline=None)
def test_the_same_talk_gives_the_same_result(talk: list[list[Any]]) -> None:
    """Without it a turn that is run again after a crash could decide otherwise."""
    assert _play(talk) == _play(talk)


@given(messages)
@settings(deadline=None)
def test_a_private_number_is_never_stored(talk: list[list[Any]]) -> None:
    """Without it a social security number could end up in the state."""
    assert "123-45-6789" not in json.dumps(_play(talk)[-1][2].to_json())


@given(messages)
@settings(deadline=None)
def test_any_form_can_be_finished(talk: list[list[Any]]) -> None:
    """Without it somebody who declines everything could be kept in the form for ever."""
    state = _play(talk)[-1][2].with_(emergency=False)
    state, _ = decide(state, [c.StartAction("referral")], CATALOGUE, TODAY)
    for _ in range(20):
        if state.status is ActionStatus.CONFIRMING:
            break
        state, _ = decide(state, [c.SkipSlot(None, "declined")], CATALOGUE, TODAY)
    assert state.status is ActionStatus.CONFIRMING
    state, moves = decide(state, [c.Affirm()], CATALOGUE, TODAY)
    assert state.status is ActionStatus.COMPLETED
    assert any(isinstance(move, m.Complete) for move in moves)


@given(messages)
@settings(deadline=None)
def test_start_over_leaves_nothing(talk: list[list[Any]]) -> None:
    """Without it the desk would say that it cleared what it still knows."""
    state = _play(talk)[-1][2]
    after, _ = decide(state, [c.StartOver()], CATALOGUE, TODAY)
    assert (after.slots, after.former) == ({}, {})
