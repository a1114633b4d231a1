"""raise_alert: tells people, in another way than the one that fails, that notices do not get through. Each is told once
for each outage, and an alert that fails raises none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.desk import Desk
from app.jobs.queue import enqueue
from app.store import audit
from app.store.queries.destinations import active_destinations
from app.store.tables import Destination, FailingRoute, Outage, OutageKind

OPERATOR_EMAIL, OPERATOR_WEBHOOK = "operator_email", "operator_webhook"
OPERATOR_ROUTE = "slack:operator"
AGAIN_AFTER = timedelta(days=1)
"""An outage that still swallows new notices a day later is told once more."""
_OPEN = select(Outage).where(col(Outage.route) == bindparam("route"), col(Outage.closed_at).is_(None))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Notices of a clinic that do not get through to a destination."""

    kind: OutageKind
    route: str
    clinic_id: str
    destination_id: str | None
    error: str


def raise_alert(desk: Desk, session: Session, trouble: Trouble) -> None:
    """Queues alerts for those who were not told of this outage yet; in the caller's transaction."""
    _tell(desk, session, _outage(session, trouble, desk.clock()), trouble)


def _tell(desk: Desk, session: Session, outage: Outage, trouble: Trouble) -> None:
    now = desk.clock()
    places = _operator(desk, session, trouble) + _other_destination(session, outage, trouble)
    fresh = [(name, route) for name, route in places if name not in outage.told]
    for name, route in fresh:
        payload = {"outage_id": outage.id, "to": name}
        enqueue(session, "alert", payload, trouble.clinic_id, now, route=route, ahead=True)
    if fresh:
        outage.told = [*outage.told, *(name for name, _ in fresh)]
        audit.record(session, now, audit.DESK, "alerted", ("outage", outage.id), trouble.clinic_id)
    session.add(outage)
    session.flush()


def tell_another(desk: Desk, session: Session, outage_id: str, clinic_id: str) -> None:
    """An alert did not get through at once: the next one who was not told yet is. It ends when all were."""
    outage = session.get(Outage, outage_id)
    if outage is not None and outage.closed_at is None:
        trouble = Trouble(outage.kind, outage.route, clinic_id, outage.destination_id, outage.error)
        outage.told = [name for name in outage.told if name != _clinic(clinic_id)]
        _tell(desk, session, outage, trouble)


def close_outages(session: Session, route: str, destination_id: str | None, now: datetime) -> None:
    """Something got through: what goes wrong from now on is another outage."""
    for outage in session.execute(_OPEN, {"route": route}).scalars():
        if outage.destination_id in (None, destination_id):
            outage.closed_at = now
            session.add(outage)


def close_refusals(session: Session, destination_id: str, now: datetime) -> None:
    """Somebody looked, and has it tried again: if that fails too, they want to hear of it."""
    mine = select(Outage).where(Outage.destination_id == destination_id, col(Outage.closed_at).is_(None))
    for outage in session.exec(mine):
        outage.closed_at = now
        session.add(outage)


def _outage(session: Session, trouble: Trouble, now: datetime) -> Outage:
    """The open one, or a new one. Where the whole route is down, it is one for all its destinations."""
    whole = trouble.kind != "dead" or session.get(FailingRoute, trouble.route) is not None
    place = None if whole else trouble.destination_id
    open_ = select(Outage).where(
        Outage.kind == trouble.kind, Outage.route == trouble.route, col(Outage.closed_at).is_(None)
    )
    found = next((one for one in session.exec(open_) if one.destination_id == place), None)
    if found is not None and now - found.opened_at < AGAIN_AFTER:
        return found
    if found is not None:
        found.closed_at = now
        session.add(found)
    made = Outage(kind=trouble.kind, route=trouble.route, destination_id=place, error=trouble.error, opened_at=now)
    session.add(made)
    return made


def _operator(desk: Desk, session: Session, trouble: Trouble) -> list[tuple[str, str]]:
    """Who runs the install, as the environment names them; never by the way that fails."""
    settings, places = desk.settings, []
    if settings.alert_webhook is not None:
        places.append((OPERATOR_WEBHOOK, OPERATOR_ROUTE))
    if settings.alert_email and not _is_down(session, trouble, "email"):
        refusing = session.get(Destination, trouble.destination_id) if trouble.destination_id else None
        if refusing is None or refusing.address != settings.alert_email:
            places.append((OPERATOR_EMAIL, "email"))
    return places


def _other_destination(session: Session, outage: Outage, trouble: Trouble) -> list[tuple[str, str]]:
    """One other place of the same clinic, another channel first; once for each clinic."""
    mark = _clinic(trouble.clinic_id)
    if mark in outage.told:
        return []
    others = [
        one
        for one in active_destinations(session, trouble.clinic_id)
        if one.hears_all and one.id != trouble.destination_id and one.id not in outage.told
        if not _is_down(session, trouble, one.route)
    ]
    outage.told = [*outage.told, mark]
    return [(one.id, one.route) for one in _best(others, trouble.route)]


def _best(others: Sequence[Destination], route: str) -> list[Destination]:
    return sorted(others, key=lambda one: (one.route == route, one.created_at))[:1]


def _is_down(session: Session, trouble: Trouble, route: str) -> bool:
    whole = trouble.kind != "dead" and trouble.route == route
    return whole or session.get(FailingRoute, route) is not None


def _clinic(clinic_id: str) -> str:
    return f"clinic:{clinic_id}"
