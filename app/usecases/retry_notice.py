"""retry_notice: a person says that a notice which could not be sent shall be tried again now."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from app.desk import Desk
from app.errors import Invalid
from app.jobs import queue
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.tables import Destination, Job, Notice
from app.usecases.raise_alert import close_refusals

BATCH = 50


def retry_notice(desk: Desk, clinic_id: str, notice_id: str, actor: Actor) -> None:
    """Makes a dead or held notice due now; a pending one is tried at once. Raises NotFound, Invalid when it was
    sent already, or its destination was removed."""
    retry_notices(desk, [(clinic_id, notice_id)], actor)


def retry_notices(desk: Desk, wanted: Sequence[tuple[str, str]], actor: Actor) -> None:
    """The same for several, (clinic id, notice id) each, a few in one transaction."""
    now = desk.clock()
    for first in range(0, len(wanted), BATCH):
        desk.database.write(partial(_retry_all, wanted[first : first + BATCH], now, actor))
    desk.wake()


def _retry_all(wanted: Sequence[tuple[str, str]], now: datetime, actor: Actor, session: Session) -> None:
    for clinic_id, notice_id in wanted:
        _retry(session, clinic_id, notice_id, now, actor)


def _retry(session: Session, clinic_id: str, notice_id: str, now: datetime, actor: Actor) -> None:
    notice = row_of(session, Notice, clinic_id, notice_id)
    if notice.state in ("delivered", "written"):
        raise Invalid("This notice was sent already.", "Nothing needs to be done.")
    if notice.state == "suppressed":
        raise Invalid("The destination of this notice was removed.", "Read the request in the inbox.")
    dead = notice.state == "dead"
    notice.state, notice.finished_at = "pending", None
    session.add(notice)
    job = _job_of(session, clinic_id, notice_id)
    route = session.get_one(Destination, notice.destination_id).route
    if job is None:
        payload, urgent = {"notice_id": notice_id}, notice.kind == "urgent"
        queue.enqueue(session, "deliver", payload, clinic_id, now, route=route, ahead=urgent)
    elif job.lease_until is None or job.lease_until <= now:  # one that is being sent right now is left alone
        job.route = route  # what the coordinator's successor gets goes another way
        queue.retry(session, job, now)
    if dead:
        close_refusals(session, notice.destination_id, now)
    record(session, now, actor, "retried", ("notice", notice_id), clinic_id)


def _job_of(session: Session, clinic_id: str, notice_id: str) -> Job | None:
    mine = select(Job).where(
        Job.clinic_id == clinic_id,
        Job.kind == "deliver",
        Job.state != "done",
        col(Job.payload)["notice_id"].as_string() == notice_id,
    )
    return session.exec(mine.order_by(col(Job.created_at).desc())).first()
