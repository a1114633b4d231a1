"""forget_requests: what makes a repeated request harmless is kept for a week, then it goes."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.desk import Desk
from app.store import audit
from app.store.tables import Idempotency

KEPT = timedelta(days=7)
"""The contract promises 72 hours. A form's token is refused well before, so a form never counts as new after it."""
ONCE = 500
"""Rows that go in one commit: nobody waits long behind it."""


def forget_requests(desk: Desk) -> int:
    """Returns how many went."""
    gone = 0
    while True:
        some = desk.database.write(lambda session: _forget(session, desk.clock()))
        gone += some
        if some < ONCE:
            return gone


def _forget(session: Session, now: datetime) -> int:
    old = session.exec(select(Idempotency).where(col(Idempotency.created_at) < now - KEPT).limit(ONCE)).all()
    for row in old:
        session.delete(row)
    if old:
        audit.record(session, now, audit.DESK, "forget_requests", ("requests", str(len(old))), None)
    return len(old)
