"""deliver_notice: one try to hand one notice over; how it ended is committed with the job's end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from app.desk import Desk
from app.errors import JobError
from app.jobs.queue import Claimed, FailedState, Moved, Unsent
from app.store import audit
from app.store.rows import run
from app.store.tables import Notice
from app.usecases.raise_alert import Trouble, close_outages, raise_alert
from app.usecases.told_by import told_by

_NOTICE = select(col(Notice.clinic_id), col(Notice.destination_id)).where(col(Notice.id) == bindparam("notice_id"))
_SUPPRESS = (
    update(Notice)
    .where(col(Notice.id) == bindparam("notice_id"))
    .values(state=bindparam("state_now"), finished_at=bindparam("now"))
)
_END = _SUPPRESS.values(attempts=col(Notice.attempts) + 1, last_error=None)


def deliver_notice(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Sends the notice that the job names. Raises Transient, Permanent or Operator. The lease makes two senders at
    a time rare; a crash after sending repeats it with the same Message-ID."""
    notice_id = str(job.payload["notice_id"])
    found = told_by(desk, notice_id)
    if found is None:
        return Unsent()
    facts, target = found
    if target is None:
        return Unsent(partial(_end, desk, notice_id, "suppressed"))
    ended = desk.transports[target.channel].send(facts, target)
    return partial(_sent, desk, notice_id, ended, str(job.route))


def _sent(desk: Desk, notice_id: str, ended: str, route: str, session: Session) -> None:
    notice = _end(desk, notice_id, ended, session)
    if notice is not None:
        close_outages(session, route, notice.destination_id, desk.clock())


def _end(desk: Desk, notice_id: str, state: str, session: Session) -> Any:
    """A notice whose destination was removed is `suppressed`: nobody tried to send it. None for one that was expunged
    while it was on its way."""
    notice, now = run(session, _NOTICE, notice_id=notice_id).first(), desk.clock()
    if notice is None:
        return None
    ended = _SUPPRESS if state == "suppressed" else _END
    run(session, ended, notice_id=notice_id, state_now=state, now=now)
    audit.record(session, now, audit.DESK, f"notice_{state}", ("notice", notice_id), notice.clinic_id)
    return notice


def notice_failed(desk: Desk, session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Notes a failed try on the notice, for the inbox; whoever must act is alerted."""
    notice = session.get(Notice, str(job.payload["notice_id"]))
    if notice is not None:
        notice.attempts += 1
        _note(desk, session, notice, state, error.message, job.route)


def notice_moved(desk: Desk, session: Session, moved: Moved) -> None:
    """The notice's route decided about it: no try of its own."""
    notice = session.get(Notice, str(moved.payload["notice_id"]))
    if notice is not None:
        _note(desk, session, notice, moved.state, moved.error, moved.route)


def _note(desk: Desk, session: Session, notice: Notice, state: FailedState, error: str, route: str | None) -> None:
    turned = notice.state != state
    notice.state, notice.last_error = state, error
    session.add(notice)
    if not turned or state == "pending":
        return
    audit.record(session, desk.clock(), audit.DESK, f"notice_{state}", ("notice", notice.id), notice.clinic_id)
    raise_alert(desk, session, Trouble(state, str(route), notice.clinic_id, notice.destination_id, error))
