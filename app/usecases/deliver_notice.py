"""deliver_notice: one try to hand one notice over; how it ended is committed with the job's end."""

from collections.abc import Callable
from functools import partial

from sqlmodel import Session

from app.desk import Desk
from app.errors import JobError
from app.jobs.queue import Claimed, FailedState
from app.store import audit
from app.store.tables import Notice
from app.usecases.told_by import told_by


def deliver_notice(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Sends the notice that the job names. Raises Transient, Permanent or Operator. The lease makes two senders at
    a time rare; a crash after sending repeats it with the same Message-ID."""
    notice_id = str(job.payload["notice_id"])
    found = told_by(desk, notice_id)
    if found is None:
        return None
    facts, target = found
    if target is None:
        return partial(_end, desk, notice_id, "suppressed")
    ended = desk.transports[target.channel].send(facts, target)
    return partial(_end, desk, notice_id, ended)


def _end(desk: Desk, notice_id: str, state: str, session: Session) -> None:
    """A notice whose destination was removed is `suppressed`: nobody tried to send it."""
    notice, now = session.get_one(Notice, notice_id), desk.clock()
    notice.state, notice.finished_at = state, now
    if state != "suppressed":
        notice.attempts, notice.last_error = notice.attempts + 1, None
    session.add(notice)
    audit.record(session, now, audit.DESK, f"notice_{state}", ("notice", notice_id), notice.clinic_id)


def notice_failed(desk: Desk, session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Notes a failed try on the notice, for the inbox."""
    notice = session.get(Notice, str(job.payload["notice_id"]))
    if notice is None:
        return
    notice.state, notice.attempts, notice.last_error = state, notice.attempts + 1, error.message
    session.add(notice)
    if state != "pending":
        audit.record(session, desk.clock(), audit.DESK, f"notice_{state}", ("notice", notice.id), notice.clinic_id)
