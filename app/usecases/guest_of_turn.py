"""guest_of_turn: the leave of one turn to use the language model, told beforehand what must not leave."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.desk import Desk
from app.dialogue.action import Catalogue
from app.dialogue.commands import Command, CorrectSlot, SetSlot
from app.dialogue.slots import SELF_REFERRED
from app.dialogue.state import SlotStatus, State
from app.llm.base import Guest
from app.llm.redaction import Kind
from app.store.queries.clinics import ClinicFacts

_KINDS: dict[str, Kind] = {
    "person_name": "NAME",
    "provider": "NAME",
    "contact": "PHONE",
    "phone": "PHONE",
    "fax": "PHONE",
    "email": "EMAIL",
    "member_id": "MEMBER_ID",
    "npi": "NUMBER",
    "birth_date": "BIRTH_DATE",
    "zip": "ADDRESS",
}
"""What the values of a slot type are. Others are found in the text by their form."""


def guest_of_turn(
    desk: Desk,
    clinic: ClinicFacts,
    catalogue: Catalogue,
    conversation_id: str | None,
    state: State,
    commands: Sequence[Command],
) -> Guest | None:
    """None where the install or the clinic has no model, and as long as an emergency is open: its words go to none.
    `commands` are what the rules made of the message."""
    if desk.guests is None or state.emergency:
        return None
    known = list(_known(catalogue, state, commands))
    return desk.guests.for_turn(clinic, conversation_id=conversation_id, known=known)


def _known(catalogue: Catalogue, state: State, commands: Sequence[Command]) -> Iterator[tuple[Kind, str]]:
    """Whom the patient named and how they are reached: what they told before, and what they tell now."""
    for name, slot in (*state.slots.items(), *state.former.items()):
        if slot.status is SlotStatus.FILLED and slot.value != SELF_REFERRED:
            yield from _of_kind(catalogue, name, (slot.value, slot.said))
    for command in commands:
        if isinstance(command, SetSlot | CorrectSlot):
            yield from _of_kind(catalogue, command.name, (command.said,))


def _of_kind(catalogue: Catalogue, name: str, values: Sequence[Any]) -> Iterator[tuple[Kind, str]]:
    specs = filter(None, (action.slot(name) for action in catalogue.actions))
    kind = next((_KINDS[spec.type] for spec in specs if spec.type in _KINDS), None)  # two actions may differ about it
    for value in values:
        if kind and isinstance(value, str) and value.strip():
            yield ("EMAIL" if kind == "PHONE" and "@" in value else kind), value
