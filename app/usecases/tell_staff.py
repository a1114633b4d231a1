"""tell_staff: word of a lead for everybody whom its action names, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from app.dialogue.action import COORDINATOR
from app.store.queries.actions import action_made_with
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Lead, Notice, NoticeKind
from app.usecases.announce import announce


def tell_staff(session: Session, clinic: ClinicFacts, lead: Lead, kind: NoticeKind, now: datetime) -> bool:
    """As `announce`, to each destination of the version that the lead was made with, and to the coordinator who was
    told of it before: the action may have been another one then."""
    action = action_made_with(session, clinic.id, lead.action, lead.action_version)
    urgent = kind == "urgent" or lead.urgent_at is not None
    places = addresses(clinic, action.destinations if action else (), urgent=urgent)
    if clinic.coordinator_email not in places and _was_told(session, lead, clinic.coordinator_email):
        places.append(clinic.coordinator_email)
    queued = [announce(session, lead, address, kind, now) for address in places]
    return any(queued)


def _was_told(session: Session, lead: Lead, address: str) -> bool:
    told = select(Notice.id).where(Notice.lead_id == lead.id, Notice.destination == address)
    return session.exec(told).first() is not None


def addresses(clinic: ClinicFacts, destinations: Sequence[str], *, urgent: bool = False) -> list[str]:
    """E-mail addresses, each once. An emergency reaches the coordinator whoever else is told."""
    wanted = [*([COORDINATOR] if urgent or not destinations else []), *destinations]
    return list(dict.fromkeys(clinic.coordinator_email if one == COORDINATOR else one for one in wanted))
