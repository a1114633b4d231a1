"""submit_contact: a whole request at once, from a form or another server."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlmodel import Session

from app.clock import day_in
from app.desk import Desk
from app.dialogue.action import Action
from app.dialogue.private import mask, unmasked
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.errors import Invalid
from app.store.idempotency import Request, known, once
from app.store.queries.clinics import ClinicFacts
from app.store.turns import check_open
from app.usecases.lead_draft import LeadDraft, draft_lead
from app.usecases.outcome_of_lead import with_outcome
from app.usecases.payer_of_lead import with_payer
from app.usecases.said_before import contact_index
from app.usecases.screening import kind_of, screened
from app.usecases.submit_action import Submission, submit_action
from app.usecases.visible_text import visible_text

IN_WORDS = ("reason", "text")
"""Types whose value is what was said: it shows where a number stood."""


def submit_contact(
    desk: Desk, clinic: ClinicFacts, conversation_id: str, client_id: str, action_name: str, slots: Mapping[str, str]
) -> dict[str, Any]:
    """{"referral_id", "reference", "missing", "emergency", "reply", "removed"}. Takes what is given, complete or not:
    nothing that a patient typed is refused because another field is empty. `reply` is the fixed text of an emergency,
    "" where the fields tell of none; `removed` a sentence for the patient where a number was masked, else "". Raises
    Invalid for an unknown action or slot, or for nothing at all."""
    request = Request(clinic.id, f"contact:{conversation_id}", client_id, {"action": action_name, "slots": dict(slots)})
    with desk.database.read() as session:  # before the action is looked at: the clinic may have changed it since
        check_open(session, clinic.id, conversation_id)
        if (earlier := known(session, request)) is not None:
            return earlier
    action = desk.catalogue(clinic).action(action_name)
    if action is None:
        raise Invalid(f"There is no action {action_name!r}.", f"Use one of: {', '.join(_names(desk, clinic))}.")
    kind, draft = read_contact(desk, clinic, action, slots)
    wording = desk.wording(clinic.languages[0])
    reply = wording.say(f"emergency.{kind}") if kind else ""
    removed = wording.say("number_removed") if holds_removed(slots) else ""

    def create(session: Session) -> dict[str, Any]:
        made = submit_action(session, clinic, submission_of(desk, clinic, conversation_id, draft, kind), desk.clock())
        found = {"referral_id": made.lead_id, "reference": made.reference, "missing": list(draft.missing)}
        return found | {"emergency": kind is not None, "reply": reply, "removed": removed}

    def work(session: Session) -> dict[str, Any]:
        check_open(session, clinic.id, conversation_id)
        return once(session, request, desk.clock(), lambda: create(session))

    result = desk.database.write(work)
    desk.wake("deliver")
    return result


def read_contact(
    desk: Desk, clinic: ClinicFacts, action: Action, slots: Mapping[str, str]
) -> tuple[str | None, LeadDraft]:
    """The kind of emergency that the fields tell of, if any, and the fields as slot values, with what is missing."""
    hit = screened("\n".join(slots.values())).hit
    kind = kind_of(hit) if hit else None
    values = _read(desk, clinic, action, slots)
    now = State(language=clinic.languages[0], action=action.name, action_version=action.version, raised=kind or "")
    sent = now.with_(slots=values, status=ActionStatus.COMPLETED)
    catalogue = desk.catalogue(clinic)
    draft = with_payer(desk, clinic, draft_lead(now, sent, (), catalogue), completed=True)
    return kind, with_outcome(desk, clinic, draft, sent, catalogue)


def holds_removed(slots: Mapping[str, str]) -> bool:
    """Whether a number in these fields is not kept, which the patient is told."""
    return any(mask(visible_text(typed))[1] for typed in slots.values())


def submission_of(
    desk: Desk, clinic: ClinicFacts, conversation_id: str, draft: LeadDraft, emergency: str | None
) -> Submission:
    """Without a way to reach the patient it is incomplete."""
    kind: Literal["complete", "incomplete"] = "incomplete" if draft.unreachable else "complete"
    return Submission(conversation_id, kind, draft, emergency is not None, contact_index(desk, clinic, draft))


def _names(desk: Desk, clinic: ClinicFacts) -> list[str]:
    return [action.name for action in desk.catalogue(clinic).actions]


def _read(desk: Desk, clinic: ClinicFacts, action: Action, slots: Mapping[str, str]) -> dict[str, SlotValue]:
    """A value that its parser cannot read is kept as it was typed, except a contact: that must be reachable. A card or
    social security number is masked at the door, and what stands beside it is read: nothing else is lost."""
    today = day_in(clinic.timezone, desk.clock())
    payers = desk.catalogue(clinic).payers
    values: dict[str, SlotValue] = {}
    for name, typed in slots.items():
        spec, said = action.slot(name), visible_text(typed)
        if spec is None:
            raise Invalid(f"The action {action.name!r} has no field {name!r}.", "Leave it out.")
        if not said.strip():
            continue
        said, removed = mask(said)
        rest = unmasked(said)
        read = read_value(spec, rest, today, payers, clinic.languages[0])
        if removed and spec.type in IN_WORDS:
            read = Parsed(said.strip())
        if isinstance(read, Parsed):
            values[name] = SlotValue(SlotStatus.FILLED, read.value, said)
        elif spec.declinable:
            values[name] = SlotValue(SlotStatus.FILLED, said.strip(), said)
        else:
            values[name] = SlotValue(SlotStatus.UNKNOWN, None, said)
    if not values:
        raise Invalid("No field was filled in.", "Give at least a name and a phone number or e-mail.")
    return values
