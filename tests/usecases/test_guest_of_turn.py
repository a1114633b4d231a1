"""What is told to be hidden before a turn may use the language model: names of ordinary words hide nowhere else."""

from types import SimpleNamespace
from typing import Any, cast

from app.desk import Desk
from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.commands import CorrectSlot, SetSlot
from app.dialogue.slots import SELF_REFERRED
from app.dialogue.state import SlotStatus, SlotValue, State
from app.store.queries.clinics import ClinicFacts
from app.usecases.guest_of_turn import guest_of_turn


def spec(name: str, type_: str) -> SlotSpec:
    return SlotSpec(name=name, type=type_, label={"en": name}, ask={"en": f"{name}?"})


def action(name: str, **slots: str) -> Action:
    return Action(name, {"en": name}, {}, tuple(spec(slot, type_) for slot, type_ in slots.items()))


CATALOGUE = Catalogue(
    [
        action("ride", driver="text", note="text"),
        action("referral", patient_name="person_name", contact="contact", driver="person_name", doctor="provider"),
    ]
)


def told(state: State, *commands: Any) -> set[tuple[str, str]] | None:
    """What the model's guest is told to hide, None when there is no guest."""
    heard: list[set[tuple[str, str]]] = []
    guests = SimpleNamespace(for_turn=lambda *_, known, **__: heard.append(set(known)))
    desk, clinic = cast(Desk, SimpleNamespace(guests=guests)), cast(ClinicFacts, None)
    guest_of_turn(desk, clinic, CATALOGUE, "conv_1", state, commands)
    return heard[0] if heard else None


def filled(value: str, said: str) -> SlotValue:
    return SlotValue(SlotStatus.FILLED, value, said)


def test_what_was_told_before_and_is_told_now_is_hidden() -> None:
    slots = {"patient_name": filled("Will Long", "will long"), "contact": filled("+12125550143", "212-555-0143")}
    former = {"patient_name": filled("May Long", "may long"), "contact": filled("may@long.example", "may@long.example")}
    found = told(
        State(slots=slots, former=former), SetSlot("doctor", "dr day"), CorrectSlot("patient_name", "bill day")
    )
    assert found == {
        ("NAME", "Will Long"),
        ("NAME", "will long"),
        ("NAME", "May Long"),
        ("NAME", "may long"),
        ("NAME", "dr day"),
        ("NAME", "bill day"),
        ("PHONE", "+12125550143"),
        ("PHONE", "212-555-0143"),
        ("EMAIL", "may@long.example"),
    }


def test_a_field_that_is_a_name_in_any_action_is_hidden() -> None:
    """Fields are kept across actions, and two actions may read one differently."""
    state = State(action="ride", slots={"driver": filled("Grace Park", "grace park"), "note": filled("ramp", "a ramp")})
    assert told(state) == {("NAME", "Grace Park"), ("NAME", "grace park")}


def test_what_is_nobodys_name_is_not_hidden() -> None:
    """ "Nobody" as the doctor would hide the word everywhere."""
    slots = {"doctor": filled(SELF_REFERRED, "nobody"), "patient_name": SlotValue(SlotStatus.DECLINED, None, "no")}
    assert told(State(slots=slots)) == set()


def test_as_long_as_an_emergency_is_open_there_is_no_guest() -> None:
    assert told(State(emergency=True)) is None
