"""keep_lead: the lead of a conversation follows it, turn by turn, from the first way to reach the patient on; staff see
it at once. What changes after it was sent reaches them as an update of the same lead."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.dialogue.state import SlotValue
from app.store import audit
from app.store.access import row_of
from app.store.queries.clinics import ClinicFacts
from app.store.rows import insert_made, run, update_row
from app.store.tables import Lead, Notice
from app.usecases.lead_draft import LeadDraft
from app.usecases.tell_staff import tell_staff

REFERENCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
REFERENCE_LENGTH = 7
_TAKEN = select_columns(col(Lead.id)).where(
    col(Lead.clinic_id) == bindparam("clinic_id"), col(Lead.reference) == bindparam("reference")
)
_MINE = select_columns(col(Lead.id)).where(col(Lead.conversation_id) == bindparam("conversation_id")).limit(1)
_ANY = _MINE
_UNSENT = (
    _MINE.with_only_columns(
        *(col(column) for column in (Lead.id, Lead.status, Lead.slots, Lead.promised, Lead.urgent_at)),
        *(col(column) for column in (Lead.outcome, Lead.score, Lead.urgency, Lead.caller)),
    )
    .where(col(Lead.submitted_at).is_(None))
    .order_by(col(Lead.created_at).desc())
)
_QUEUED = ("outcome", "status", "urgency", "score", "caller")
"""Columns of the index that orders the inbox: what is set to what it was would be moved in it all the same."""


def keep_lead(session: Session, clinic: ClinicFacts, conversation_id: str, draft: LeadDraft, now: datetime) -> bool:
    """Makes or brings up to date what the conversation left, in a turn that sends nothing. Returns whether the worker
    has something to do; the caller commits."""
    lead = run(session, _UNSENT, conversation_id=conversation_id).first()
    if draft.stopped or (draft.forgotten and not draft.reachable):
        return lead is not None and _take_back(session, clinic, row_of(session, Lead, clinic.id, lead.id), draft, now)
    if lead is not None and (lead.status != "cancelled" or draft.open or draft.gives_contact):
        return _follow(session, clinic, lead, draft, now)
    if not draft.open and (sent := sent_leads(session, conversation_id)):
        told = [change(session, clinic, one, draft, _of(one, draft, one is sent[0]), now) for one in sent]
        return any(told)
    if lead is None and draft.reachable and (draft.open or draft.gives_contact):
        add_lead(session, new_lead(session, clinic, conversation_id, draft, now), now)
    return False


def has_lead(session: Session, conversation_id: str) -> bool:
    """Whether the conversation left anything yet."""
    return run(session, _ANY, conversation_id=conversation_id).first() is not None


def unsent_lead(session: Session, conversation_id: str) -> Lead | None:
    """The lead that the conversation is still working on."""
    if not has_lead(session, conversation_id):
        return None
    mine = select(Lead).where(Lead.conversation_id == conversation_id, col(Lead.submitted_at).is_(None))
    return session.exec(mine.order_by(col(Lead.created_at).desc())).first()


def new_lead(session: Session, clinic: ClinicFacts, conversation_id: str, draft: LeadDraft, now: datetime) -> Lead:
    """A lead in progress, which `add_lead` writes: staff see it then, nobody is told yet."""
    lead = Lead(
        clinic_id=clinic.id,
        conversation_id=conversation_id,
        action=draft.action,
        action_version=draft.action_version,
        status="in_progress",
        reference=_free_reference(session, clinic.id),
        created_at=now,
        updated_at=now,
    )
    fill(lead, draft, now)
    return lead


def add_lead(session: Session, lead: Lead, now: datetime) -> Lead:
    """Writes a new lead as it is; what is changed on the object afterwards is not written."""
    insert_made(session, lead)
    actor = audit.Actor("patient", lead.conversation_id)
    audit.record(session, now, actor, "begin_lead", ("lead", lead.id), lead.clinic_id)
    return lead


def fill(lead: Lead, draft: LeadDraft, now: datetime) -> None:
    """The draft's facts onto the lead. A field that is being asked for again keeps its old value meanwhile."""
    for name, value in _filled(draft, lead.slots, lead.promised, now).items():
        setattr(lead, name, value)


def _filled(
    draft: LeadDraft, slots: Mapping[str, Any], promised: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, Any]:
    """The columns of a lead after the draft, where it has these `slots` and promises."""
    columns: dict[str, Any] = {
        "slots": {**({} if draft.forgotten else slots), **{name: stored(slot) for name, slot in draft.slots.items()}},
        "action": draft.action,
        "action_version": draft.action_version,
        "missing": list(draft.missing),
        "caller": draft.caller,
        "language": draft.language,
        "updated_at": now,
    }
    if draft.payer is not None:
        columns["payer"] = dict(draft.payer)
    if draft.promised:
        text, said = draft.promised
        columns["promised"] = [*promised, {"at": now.isoformat(), "text": text, "said": said}]
    return columns | (draft.qualification.columns() if draft.qualification is not None else {})


def stored(slot: SlotValue) -> dict[str, Any]:
    """A field as the lead keeps it."""
    return {"status": slot.status.value, "value": slot.value, "said": slot.said}


def sent_leads(session: Session, conversation_id: str) -> Sequence[Lead]:
    """The latest first."""
    if not has_lead(session, conversation_id):
        return []
    mine = select(Lead).where(Lead.conversation_id == conversation_id, col(Lead.submitted_at).is_not(None))
    return session.exec(mine.order_by(col(Lead.submitted_at).desc())).all()


def _follow(session: Session, clinic: ClinicFacts, lead: Row[Any], draft: LeadDraft, now: datetime) -> bool:
    """What the patient goes on to tell: with each turn, so without the mapper. An urgent lead is called back at once,
    so a new way to reach them is told."""
    columns = _filled(draft, lead.slots, lead.promised, now)
    if lead.status in ("incomplete", "cancelled"):
        columns["status"] = "in_progress"
    kept = [name for name in _QUEUED if name in columns and columns[name] == getattr(lead, name)]
    update_row(session, Lead, lead.id, **{name: value for name, value in columns.items() if name not in kept})
    if lead.urgent_at is None or not draft.gives_contact:
        return False
    return tell_staff(session, clinic, row_of(session, Lead, clinic.id, lead.id), "update", now)


def _of(lead: Lead, draft: LeadDraft, latest: bool) -> list[str]:
    """What of this turn's changes is about this lead: of an earlier one only fields that said the same as the last."""
    names = draft.changed()
    if latest:
        return names
    return [n for n in names if n in lead.slots and n in draft.before and _same(lead.slots[n], stored(draft.before[n]))]


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return (one["status"], one["value"]) == (other["status"], other["value"])


def change(
    session: Session, clinic: ClinicFacts, lead: Lead, draft: LeadDraft, names: Sequence[str], now: datetime
) -> bool:
    """Notes what `names` say now beside what they said when it was sent, and tells staff."""
    new = {name: stored(draft.slots[name]) for name in names}
    changes = [
        {"at": now.isoformat(), "name": name, "before": lead.slots.get(name), "after": slot}
        for name, slot in new.items()
        if lead.slots.get(name) != slot
    ]
    if draft.note and not changes:
        words = {"status": "filled", "value": draft.note, "said": draft.note}
        changes = [{"at": now.isoformat(), "name": None, "before": None, "after": words}]
    if not changes:
        return False
    lead.repeat_of = None  # it no longer says the same; behind the other one nobody would see what is new
    lead.changes, lead.slots = [*lead.changes, *changes], {**lead.slots, **new}
    lead.missing = [name for name in lead.missing if new.get(name, {}).get("status") != "filled"]
    if draft.payer is not None:
        lead.payer = dict(draft.payer)
    if draft.qualification is not None and draft.action == lead.action:
        draft.qualification.put_on(lead)
    lead.updated_at = now
    session.add(lead)
    actor = audit.Actor("patient", lead.conversation_id)
    audit.record(session, now, actor, "change_lead", ("lead", lead.id), clinic.id)
    return tell_staff(session, clinic, lead, "update", now)


def _take_back(session: Session, clinic: ClinicFacts, lead: Lead, draft: LeadDraft, now: datetime) -> bool:
    """The patient stopped, or had everything forgotten. Nobody heard of it: nothing stays. Staff were told: they hear
    of this, too. Whoever may need help is called all the same."""
    if lead.urgent_at is not None:
        return False
    verb, actor = "forget_lead" if draft.forgotten else "stop_lead", audit.Actor("patient", lead.conversation_id)
    audit.record(session, now, actor, verb, ("lead", lead.id), clinic.id)
    if session.exec(select(Notice.id).where(Notice.lead_id == lead.id)).first() is None:
        session.delete(lead)
        return False
    if draft.forgotten:
        empty(lead)
    lead.status, lead.updated_at = "cancelled", now
    session.add(lead)
    return tell_staff(session, clinic, lead, "update", now)


def empty(lead: Lead) -> None:
    """Nothing that the patient told stays on it."""
    lead.slots, lead.missing, lead.payer, lead.changes, lead.contact_index = {}, [], None, [], None
    lead.outcome, lead.reasons, lead.patient_text, lead.facts = None, [], {}, {}
    lead.score, lead.urgency, lead.points, lead.rules_version = 0, 0, [], None


def _free_reference(session: Session, clinic_id: str) -> str:
    while True:
        reference = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
        if run(session, _TAKEN, clinic_id=clinic_id, reference=reference).first() is None:
            return reference
