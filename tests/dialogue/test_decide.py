"""Decisions that the laws do not single out."""

from datetime import date

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue import moves as m
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide, missing
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna"})
TODAY = date(2026, 3, 2)


def _run(state: State, *commands: c.Command) -> tuple[State, list[m.Move]]:
    return decide(state, commands, CATALOGUE, TODAY)


def _confirming() -> State:
    values = {"patient_name": "Rosa", "contact": "+12125550143", "reason": "back"}
    slots = {name: SlotValue(SlotStatus.FILLED, value, value) for name, value in values.items()}
    slots["preferred_times"] = SlotValue(SlotStatus.DECLINED)
    return State(action="callback", status=ActionStatus.CONFIRMING, slots=slots)


def test_a_yes_beside_a_change_submits_the_change() -> None:
    """Without it the old phone number would be submitted."""
    state, moves = _run(_confirming(), c.Affirm(), c.CorrectSlot("contact", "212-555-0199"))
    assert state.slots["contact"].value == "+12125550199"
    assert m.Complete("callback") in moves


def test_a_yes_beside_a_change_that_fails_submits_nothing() -> None:
    """Without it a number that the patient took back would be submitted."""
    state, moves = _run(_confirming(), c.CorrectSlot("contact", "555"), c.Affirm())
    assert state.status is ActionStatus.CONFIRMING
    assert moves == [m.Reject("contact", "555", "phone_short"), m.Confirm()]


def test_a_no_beside_a_change_reads_back_again() -> None:
    """Without it the desk would ask what to change although it was told."""
    _, moves = _run(_confirming(), c.Deny(), c.CorrectSlot("reason", "neck"))
    assert moves == [m.Noted(("reason",), changed=("reason",)), m.Confirm()]
    _, moves = _run(_confirming(), c.Deny())
    assert moves == [m.AskChange()]


def test_a_value_that_fails_three_times_is_let_go() -> None:
    """Without it a patient with an odd card would be asked for ever."""
    filled = {
        name: SlotValue(SlotStatus.DECLINED)
        for name in ("patient_name", "contact", "referring_provider", "provider_specialty", "reason")
    }
    state = State(
        action="referral",
        status=ActionStatus.COLLECTING,
        slots=filled | {"insurance_carrier": SlotValue(SlotStatus.FILLED, "Cigna")},
    )
    for _ in range(2):
        state, moves = _run(state, c.SetSlot("member_id", "on the card"))
        assert moves[-1] == m.Ask("member_id")
    state, moves = _run(state, c.SetSlot("member_id", "on the card"))
    assert state.slots["member_id"] == SlotValue(SlotStatus.UNKNOWN, None, "on the card")
    assert moves[-1] == m.Ask("preferred_times")


def test_a_private_number_leaves_no_trace_when_it_is_let_go() -> None:
    """Without it a social security number typed three times would be stored as the patient's words."""
    state = State(action="referral", status=ActionStatus.COLLECTING, asking="member_id")
    for _ in range(3):
        state, moves = _run(state, c.SetSlot("member_id", "123-45-6789"))
        assert "6789" not in str(moves)
    assert state.slots["member_id"] == SlotValue(SlotStatus.UNKNOWN)


def test_contact_is_explained_once_and_then_let_go_with_a_person() -> None:
    """Without it a patient without a phone would be stuck, or leave without knowing whom to call."""
    state, moves = _run(State(), c.StartAction("callback"), c.SetSlot("patient_name", "Rosa"))
    state, moves = _run(state, c.SkipSlot(None, "declined"))
    assert moves == [m.StillNeeded("contact"), m.Ask("contact")]
    state, moves = _run(state, c.SkipSlot(None, "declined"))
    assert moves == [m.HandOff(asked=False), m.Ask("reason")]
    action = CATALOGUE.action("callback")
    assert action is not None
    assert missing(state, action) == ["contact", "reason"]


def test_switching_keeps_fields_and_asks_the_rest() -> None:
    """Without it a change of mind would cost the patient everything typed so far."""
    state, _ = _run(
        State(), c.StartAction("callback"), c.SetSlot("patient_name", "Rosa"), c.SetSlot("contact", "212-555-0143")
    )
    state, moves = _run(state, c.StartAction("referral"))
    assert moves == [m.Started("referral"), m.Ask("referring_provider")]


def test_a_volunteered_field_waits_for_an_action() -> None:
    """Without it a phone number typed first would be asked for again."""
    state, moves = _run(State(), c.SetSlot("contact", "212-555-0143"))
    assert moves == [m.Noted(("contact",)), m.Offer()]
    _, moves = _run(state, c.StartAction("callback"), c.SetSlot("patient_name", "Rosa"))
    assert moves[-1] == m.Ask("reason")


def test_member_id_comes_back_when_insurance_does() -> None:
    """Without it a patient who first said "no insurance" and then named one would be submitted without a member ID."""
    slots = {
        name: SlotValue(SlotStatus.DECLINED)
        for name in ("patient_name", "contact", "referring_provider", "provider_specialty", "reason", "preferred_times")
    }
    state = State(
        action="referral",
        slots=slots | {"insurance_carrier": SlotValue(SlotStatus.FILLED, "no insurance")},
        status=ActionStatus.CONFIRMING,
    )
    _, moves = _run(state, c.CorrectSlot("insurance_carrier", "Cigna"), c.Affirm())
    assert moves[-1] == m.Ask("member_id")
