"""submit_contact: a whole request at once, from a form or another server."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.desk import Desk
from app.dialogue.action import Action, Catalogue
from app.dialogue.decide import missing
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed
from app.dialogue.state import SlotStatus, SlotValue, State
from app.errors import Invalid
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.turns import open_conversation_row
from app.usecases.submit_action import Submission, submit_action
from app.usecases.visible_text import visible_text


def submit_contact(
    desk: Desk, clinic: ClinicFacts, conversation_id: str, client_id: str, action_name: str, slots: Mapping[str, str]
) -> dict[str, Any]:
    """{"referral_id", "reference", "missing"}. Takes what is given, complete or not: nothing that a patient typed
    is refused because another field is empty. Raises Invalid for an unknown action or slot, or for nothing at all."""
    catalogue = desk.catalogue(clinic)
    action = catalogue.action(action_name)
    if action is None:
        names = ", ".join(one.name for one in catalogue.actions)
        raise Invalid(f"There is no action {action_name!r}.", f"Use one of: {names}.")
    today = desk.clock().astimezone(ZoneInfo(clinic.timezone)).date()
    submission = read_contact(catalogue, action, today, conversation_id, slots)
    request = Request(clinic.id, f"contact:{conversation_id}", client_id, {"action": action_name, "slots": dict(slots)})

    def create(session: Session) -> dict[str, Any]:
        made = submit_action(session, clinic, submission, desk.clock())
        return {"referral_id": made.lead_id, "reference": made.reference, "missing": list(submission.missing)}

    def work(session: Session) -> dict[str, Any]:
        open_conversation_row(session, clinic.id, conversation_id)
        return once(session, request, desk.clock(), lambda: create(session))

    result = desk.database.write(work)
    desk.wake()
    return result


def read_contact(
    catalogue: Catalogue, action: Action, today: date, conversation_id: str, slots: Mapping[str, str]
) -> Submission:
    """The fields as slot values, with what is missing. Without a way to reach the patient it is incomplete."""
    values = _read(catalogue, action, today, slots)
    lacking = tuple(missing(State(slots=values), action))
    return Submission(
        conversation_id=conversation_id,
        action=action.name,
        action_version=action.version,
        kind="incomplete" if "contact" in lacking else "complete",
        slots=values,
        missing=lacking,
        destinations=action.destinations,
    )


def _read(catalogue: Catalogue, action: Action, today: date, slots: Mapping[str, str]) -> dict[str, SlotValue]:
    """A value that its parser cannot read is kept as it was typed, except a contact: that must be reachable."""
    values: dict[str, SlotValue] = {}
    for name, typed in slots.items():
        spec, said = action.slot(name), visible_text(typed)
        if spec is None:
            raise Invalid(f"The action {action.name!r} has no field {name!r}.", "Leave it out.")
        if not said.strip():
            continue
        read = read_value(spec, said, today, catalogue.payers, catalogue.languages[0])
        if isinstance(read, Parsed):
            values[name] = SlotValue(SlotStatus.FILLED, read.value, said)
        elif read.reason.endswith("_not_kept"):
            raise Invalid(f"The field {name!r} holds a number that must not be sent here.", "Leave that number out.")
        elif spec.declinable:
            values[name] = SlotValue(SlotStatus.FILLED, said.strip(), said)
        else:
            values[name] = SlotValue(SlotStatus.UNKNOWN, None, said)
    if not values:
        raise Invalid("No field was filled in.", "Give at least a name and a phone number or e-mail.")
    return values
