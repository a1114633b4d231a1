"""tell_staff: word of a lead for every place that hears of it, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from app.dialogue.action import COORDINATOR
from app.store.queries.actions import action_made_with
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import places_of
from app.store.tables import Destination, Lead, Notice, NoticeKind
from app.usecases.announce import announce


def tell_staff(session: Session, clinic: ClinicFacts, lead: Lead, kind: NoticeKind, now: datetime) -> bool:
    """As `announce`, to each destination of the version that the lead was made with, and to those of the clinic's own
    that were told of it before: the action may have been another one then."""
    action = action_made_with(session, clinic.id, lead.action, lead.action_version)
    urgent = kind == "urgent" or lead.urgent_at is not None
    named = action.destinations if action else ()
    known = places_of(session, clinic.id)
    added = not_yet_known(known, clinic.id, named, now)
    session.add_all(added)
    session.flush()
    active = [one for one in (*known, *added) if one.active]
    places = hearers(active, named, urgent=urgent)
    places += [one for one in active if one.hears_all and one not in places and _was_told(session, lead, one)]
    queued = [announce(session, lead, place, kind, now) for place in places]
    return any(queued)


def hearers(active: Sequence[Destination], named: Sequence[str], *, urgent: bool = False) -> list[Destination]:
    """The clinic's own destinations where the action names the coordinator, or nobody; else those that it names. An
    emergency reaches the clinic's own whoever else is told; so does what would reach nobody, because the places named
    were removed."""
    wanted = [one for one in active if one.channel == "email" and one.address in named]
    if urgent or COORDINATOR in named or not wanted:
        return list({one.id: one for one in (*(own for own in active if own.hears_all), *wanted)}.values())
    return wanted


def not_yet_known(
    known: Sequence[Destination], clinic_id: str, named: Sequence[str], now: datetime
) -> list[Destination]:
    """Rows for the addresses that an action names and that have none yet."""
    addresses = {COORDINATOR, *(one.address for one in known if one.channel == "email")}
    return [
        Destination(clinic_id=clinic_id, channel="email", address=address, hears_all=False, created_at=now)
        for address in named
        if address not in addresses
    ]


def _was_told(session: Session, lead: Lead, place: Destination) -> bool:
    told = select(Notice.id).where(Notice.lead_id == lead.id, Notice.destination_id == place.id)
    return session.exec(told).first() is not None
