"""watch_outbox: looks again and again for notices that nobody would send, and for ways out that fail for long."""

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.desk import Desk
from app.jobs.queue import enqueue
from app.store.audit import DESK, record
from app.store.queries.outbox import LATE, orphans
from app.store.tables import OPEN_JOBS, Destination, FailingRoute, Job, Notice
from app.usecases.raise_alert import Trouble, raise_alert


def watch_outbox(desk: Desk) -> None:
    """Called each half minute."""
    with desk.database.read() as session:
        lost, late = orphans(session), _late(desk, session)
    if lost:
        desk.database.write(lambda s: _adopt(desk, s, lost))
        desk.wake()
    if late:
        desk.database.write(lambda s: _alert(desk, s, late))
        desk.wake()


def _adopt(desk: Desk, session: Session, lost: list[str]) -> None:
    """A notice that waits and has no job to send it gets one. It should not happen; if it does, nothing is lost."""
    for notice_id in lost:
        notice = session.get(Notice, notice_id)
        if notice is None or notice_id not in orphans(session):
            continue
        route = session.get_one(Destination, notice.destination_id).route
        payload, now, urgent = {"notice_id": notice_id}, desk.clock(), notice.kind == "urgent"
        enqueue(session, "deliver", payload, notice.clinic_id, now, route=route, ahead=urgent)
        record(session, desk.clock(), DESK, "notice_adopted", ("notice", notice_id), notice.clinic_id)
        session.flush()


def _late(desk: Desk, session: Session) -> list[Trouble]:
    """One for each clinic that has something waiting on a route that fails for long."""
    since = desk.clock() - LATE
    failing = select(FailingRoute).where(~col(FailingRoute.held), FailingRoute.since <= since)
    return [
        Trouble("late", route.name, clinic_id, None, route.error)
        for route in session.exec(failing)
        for clinic_id in session.exec(
            select(Job.clinic_id)
            .where(Job.route == route.name, Job.kind == "deliver", text(OPEN_JOBS), Job.created_at <= since)
            .distinct()
        )
    ]


def _alert(desk: Desk, session: Session, late: list[Trouble]) -> None:
    for trouble in late:
        raise_alert(desk, session, trouble)
