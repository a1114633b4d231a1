"""Facts about the outbox and whether the desk is ready."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from app.store.queries.outbox import LATE
from app.store.session import Database
from app.store.tables import Lead, Notice


def readiness(database: Database, now: datetime) -> dict[str, object]:
    """{ready, outbox_pending, outbox_held, outbox_oldest_seconds, outbox_dead}. Not ready when a notice has waited too
    long. `outbox_pending` counts the held ones too: they wait for a person, but they wait."""
    with database.read() as session:
        waiting = col(Notice.state).in_(["pending", "held"])
        pending, oldest = session.exec(select(func.count(), func.min(Notice.created_at)).where(waiting)).one()
        held = session.exec(select(func.count()).where(Notice.state == "held")).one()
        dead = session.exec(select(func.count()).where(Notice.state == "dead")).one()
    age = now - oldest if oldest else timedelta()
    return {
        "ready": age < LATE,
        "outbox_pending": pending,
        "outbox_held": held,
        "outbox_oldest_seconds": round(age.total_seconds(), 1),
        "outbox_dead": dead,
    }


def referrals(database: Database) -> int:
    """Requests that were submitted, since the beginning."""
    with database.read() as session:
        return session.exec(select(func.count()).where(col(Lead.submitted_at).is_not(None))).one()


def deliveries(database: Database) -> dict[tuple[str, str], int]:
    """(channel, state) to the number of notices that ended so."""
    ended = col(Notice.state).in_(["delivered", "written", "dead", "suppressed"])
    with database.read() as session:
        rows = session.exec(
            select(Notice.channel, Notice.state, func.count()).where(ended).group_by(Notice.channel, Notice.state)
        )
        return {(channel, state): number for channel, state, number in rows}
