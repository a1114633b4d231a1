"""submit_action: a lead, its notice, the job that delivers it and the audit row, in the caller's transaction."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, select

from app.dialogue.action import COORDINATOR
from app.dialogue.state import SlotValue
from app.jobs.queue import enqueue
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Lead, Notice

REFERENCE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
REFERENCE_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Submission:
    """What is submitted. `kind` decides the notice's subject; only a complete one is a referral. `destinations` are
    e-mail addresses, or `coordinator` for the clinic's own."""

    conversation_id: str
    action: str
    action_version: str
    kind: Literal["complete", "incomplete", "urgent"]
    slots: Mapping[str, SlotValue]
    missing: tuple[str, ...] = ()
    destinations: tuple[str, ...] = (COORDINATOR,)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The lead's id and the reference that the patient is given."""

    lead_id: str
    reference: str


def submit_action(session: Session, clinic: ClinicFacts, submission: Submission, now: datetime) -> Submitted:
    """Adds everything to `session`; the caller commits, and wakes the worker afterwards."""
    lead = Lead(
        clinic_id=clinic.id,
        conversation_id=submission.conversation_id,
        action=submission.action,
        action_version=submission.action_version,
        status=submission.kind,
        slots={name: _stored(slot) for name, slot in submission.slots.items()},
        missing=list(submission.missing),
        reference=_free_reference(session, clinic.id),
        created_at=now,
    )
    session.add(lead)
    session.flush()  # the notices' foreign key needs the row
    for address in addresses(clinic, submission.destinations, urgent=submission.kind == "urgent"):
        notice = Notice(clinic_id=clinic.id, lead_id=lead.id, destination=address, created_at=now)
        session.add(notice)
        enqueue(session, "deliver", {"notice_id": notice.id}, clinic.id, now)
    actor = audit.Actor("patient", submission.conversation_id)
    audit.record(session, now, actor, f"submit_{submission.kind}", ("lead", lead.id), clinic.id)
    return Submitted(lead.id, lead.reference)


def addresses(clinic: ClinicFacts, destinations: Sequence[str], *, urgent: bool = False) -> list[str]:
    """E-mail addresses, each once. An emergency reaches the coordinator whoever else is told."""
    wanted = [*([COORDINATOR] if urgent or not destinations else []), *destinations]
    return list(dict.fromkeys(clinic.coordinator_email if one == COORDINATOR else one for one in wanted))


def _stored(slot: SlotValue) -> dict[str, Any]:
    return {"status": slot.status.value, "value": slot.value, "said": slot.said}


def _free_reference(session: Session, clinic_id: str) -> str:
    while True:
        reference = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
        taken = select(Lead.id).where(Lead.clinic_id == clinic_id, Lead.reference == reference)
        if session.exec(taken).first() is None:
            return reference
