"""remove_destination: a place hears nothing more, not even of what is waiting already."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.desk import Desk
from app.errors import Invalid
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import active_destination, destination_facts
from app.store.tables import Destination, FailingRoute, Notice
from app.usecases.raise_alert import close_outages

UNSENT = ("pending", "held", "dead")


def remove_destination(desk: Desk, clinic: ClinicFacts, destination_id: str, actor: audit.Actor) -> int:
    """Returns how many notices will not be sent; their leads stay in the inbox. The address of Slack or a webhook and
    its secrets are forgotten. Raises NotFound, and Invalid for the coordinator, without whom an emergency would reach
    nobody."""
    now = desk.clock()

    def work(session: Session) -> int:
        row = active_destination(session, clinic.id, destination_id)
        if destination_facts(row, clinic.coordinator_email).coordinator:
            raise Invalid("The coordinator cannot be removed.", "Name another one: frontdesk clinic set --coordinator.")
        row.active, row.secrets = False, []
        if row.channel != "email":
            _forget_route(session, row, now)
            row.address = f"removed:{row.id}"
        session.add(row)
        audit.record(session, now, actor, "remove_destination", ("destination", row.id), clinic.id)
        return _suppress(session, row, now)

    stopped = desk.database.write(work)
    desk.wake()
    return stopped


def _forget_route(session: Session, row: Destination, now: datetime) -> None:
    """Nothing is tried there any more, so nobody needs to hear that it fails; jobs that waited for it end."""
    failing = session.get(FailingRoute, row.route)
    if failing is not None:
        session.delete(failing)
    close_outages(session, row.route, row.id, now)


def _suppress(session: Session, row: Destination, now: datetime) -> int:
    """One that is on its way this very moment may still arrive; its end is written over this."""
    waiting = select(Notice).where(Notice.destination_id == row.id, col(Notice.state).in_(UNSENT))
    stopped = session.exec(waiting).all()
    for notice in stopped:
        notice.state, notice.finished_at = "suppressed", now
        session.add(notice)
        audit.record(session, now, audit.DESK, "notice_suppressed", ("notice", notice.id), row.clinic_id)
    return len(stopped)
