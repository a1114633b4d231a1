"""announce: word of a lead for one destination, and the job that delivers it, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.jobs.queue import enqueue, hurry
from app.store.access import row_of
from app.store.rows import insert_row, run
from app.store.tables import OPEN_JOBS, Destination, Job, Lead, Notice, NoticeKind

_PRESSING: tuple[NoticeKind, ...] = ("incomplete", "update", "repeat", "completed", "complete", "urgent")
"""From the least to the most: a mail that says several things is named for the last of them."""
UPDATES_APART = timedelta(minutes=5)
_TOLD = (
    select_columns(col(Notice.id), col(Notice.number), col(Notice.kind), col(Notice.created_at))
    .add_columns(col(Notice.clinic_id), col(Notice.state), col(Notice.attempts))
    .where(col(Notice.lead_id) == bindparam("lead_id"), col(Notice.destination_id) == bindparam("destination_id"))
    .order_by(col(Notice.number))
)


def announce(session: Session, lead: Lead, destination: Destination, kind: NoticeKind, now: datetime) -> bool:
    """Queues one notice, unless one waits that nobody has tried to send: that one is written when it is sent, so it
    tells the newest. An unfinished request is announced once, whatever happens to it afterwards. Returns whether the
    worker has something to do."""
    told = run(session, _TOLD, lead_id=lead.id, destination_id=destination.id).all()
    if told and kind == "incomplete":
        return False
    for notice in told:
        job = _untried(session, notice)
        if job is not None:
            _tell_more(session, lead.clinic_id, notice.id, kind)
            if kind == "urgent":
                hurry(session, job, now)
            return True
    if told and kind == "complete":
        kind = "completed"
    number = told[-1].number + 1 if told else 1
    notice = insert_row(
        session,
        Notice,
        clinic_id=lead.clinic_id,
        lead_id=lead.id,
        destination_id=destination.id,
        channel=destination.channel,
        destination=destination.shown,
        kind=kind,
        number=number,
        created_at=now,
    )
    enqueue(
        session,
        "deliver",
        {"notice_id": notice["id"]},
        lead.clinic_id,
        now,
        route=destination.route,
        not_before=_not_before(told, now) if kind == "update" and lead.urgent_at is None else None,
        ahead=kind == "urgent" or lead.urgent_at is not None,
    )
    return True


def _both(waiting: NoticeKind, kind: NoticeKind) -> NoticeKind:
    """What one mail is called that says both. A request sent once more and changed before anybody heard of it is a new
    one."""
    if (waiting, kind) == ("repeat", "update"):
        return "complete"
    return max(waiting, kind, key=_PRESSING.index)


def _not_before(told: Sequence[Any], now: datetime) -> datetime | None:
    """Somebody who writes and writes must not fill the coordinator's mailbox: what comes meanwhile is told with it."""
    updates = [notice.created_at for notice in told if notice.kind == "update"]
    return updates[-1] + UPDATES_APART if updates and updates[-1] + UPDATES_APART > now else None


def _tell_more(session: Session, clinic_id: str, notice_id: str, kind: NoticeKind) -> None:
    notice = row_of(session, Notice, clinic_id, notice_id)
    notice.kind = _both(notice.kind, kind)
    session.add(notice)


def _untried(session: Session, notice: Any) -> Job | None:
    """Its job, if nobody ever began to send it; one that a mail server may have seen must stay what it was."""
    if notice.state not in ("pending", "held") or notice.attempts:
        return None
    named = col(Job.payload)["notice_id"].as_string() == notice.id
    jobs = select(Job).where(Job.clinic_id == notice.clinic_id, Job.kind == "deliver", text(OPEN_JOBS), named)
    job = session.exec(jobs).first()
    return job if job is not None and job.attempts == 0 else None
