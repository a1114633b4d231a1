"""submit_action: what the patient sent becomes the lead's, with its notice, the job that delivers it and the audit row,
in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from app.dialogue import emergency
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Lead, NoticeKind
from app.usecases.keep_lead import add_lead, change, fill, has_lead, new_lead, sent_leads, unsent_lead
from app.usecases.lead_draft import LeadDraft
from app.usecases.said_before import said_before
from app.usecases.tell_staff import tell_staff


@dataclass(frozen=True, slots=True)
class Submission:
    """What is submitted. `kind` decides the notice's subject; only a complete one is a referral. `emergency`: the
    fields of a whole request tell of one, so it is sent and urgent at once."""

    conversation_id: str
    kind: Literal["complete", "incomplete", "urgent"]
    draft: LeadDraft
    emergency: bool = False
    contact_index: str | None = None
    """`said_before.contact_index` of the draft, by which the same request is found again."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The lead's id and the reference that the patient is given."""

    lead_id: str
    reference: str


def submit_action(session: Session, clinic: ClinicFacts, submission: Submission, now: datetime) -> Submitted:
    """Adds everything to `session`; the caller commits, and wakes the worker afterwards. The lead that followed the
    conversation until now is the one that is sent: same id, same reference."""
    found = _found(session, clinic, submission, now)
    lead = found or new_lead(session, clinic, submission.conversation_id, submission.draft, now)
    first = None
    if submission.kind == "urgent":
        lead.urgent_at, lead.repeat_of = now, None
        lead.status = lead.status if lead.submitted_at else "urgent"
    else:
        lead.status, lead.submitted_at = submission.kind, now
        lead.urgent_at = now if submission.emergency else lead.urgent_at
        lead.contact_index = submission.contact_index
        first = said_before(session, lead, now) if lead.urgent_at is None else None
        lead.repeat_of = first.id if first else None
    if found is None:
        add_lead(session, lead, now)
    word: NoticeKind = "urgent" if submission.emergency else "repeat" if first else submission.kind
    tell_staff(session, clinic, lead, word, now)
    if submission.emergency:
        audit.record(session, now, audit.DESK, "raise_emergency", ("red_flags", emergency.version()), clinic.id)
    actor = audit.Actor("patient", submission.conversation_id)
    audit.record(session, now, actor, f"submit_{submission.kind}", ("lead", lead.id), clinic.id)
    return Submitted(lead.id, lead.reference)


def _found(session: Session, clinic: ClinicFacts, submission: Submission, now: datetime) -> Lead | None:
    """The lead that is sent, with what was told now; None for a new one. An emergency after everything was sent is
    about the request that was sent."""
    talk, draft = submission.conversation_id, submission.draft
    if not has_lead(session, talk):
        return None
    found = unsent_lead(session, talk)
    if found is not None:
        fill(found, draft, now)
        return found
    sent = sent_leads(session, talk)
    if sent and submission.kind == "urgent" and not draft.open:
        change(session, clinic, sent[0], draft, draft.changed(), now)
        return sent[0]
    return None
