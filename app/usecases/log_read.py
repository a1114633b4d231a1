"""log_read: that somebody looked at patients' data is on record before they see it."""

from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from app.desk import Desk
from app.store.audit import Actor, record
from app.store.tables import AuditEntry

ReadKind = Literal[
    "lead_read",
    "lead_list_read",
    "lead_export",
    "transcript_read",
    "unanswered_read",
    "audit_export",
    "egress_list_read",
    "egress_read",
]
APART = timedelta(minutes=15)
"""One entry says that a person read this in the quarter of an hour from then on: a page that is opened ten times while
somebody is on the phone, or that refreshes itself, is one reading."""


def log_read(desk: Desk, actor: Actor, kind: ReadKind, target: tuple[str, str], clinic_id: str) -> None:
    """Call it before the data goes out; `target` is (kind, id): ("lead", id) for one, ("clinic", id) for a list.
    Raises Unavailable when storage fails: what cannot be put on record is not shown."""
    now = desk.clock()
    with desk.database.read() as session:
        if _is_known(session, actor, kind, target, now):
            return

    def work(session: Session) -> None:
        if not _is_known(session, actor, kind, target, now):
            record(session, now, actor, kind, target, clinic_id)

    desk.database.write(work)


def _is_known(session: Session, actor: Actor, kind: ReadKind, target: tuple[str, str], now: datetime) -> bool:
    mine = select(AuditEntry.seq).where(AuditEntry.target_id == target[1], AuditEntry.verb == kind)
    mine = mine.where(AuditEntry.actor_kind == actor.kind, AuditEntry.actor_id == actor.id)
    return session.exec(mine.where(col(AuditEntry.at) > now - APART, col(AuditEntry.at) <= now)).first() is not None
