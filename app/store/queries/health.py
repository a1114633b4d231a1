"""Facts about the outbox and whether the desk is ready."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from app.store.session import Database
from app.store.tables import Lead, Notice

OLD_NOTICE = timedelta(minutes=30)


def readiness(database: Database, now: datetime) -> dict[str, object]:
    """{ready, outbox_pending, outbox_oldest_seconds, outbox_dead}. Not ready when a notice has waited too long."""
    with database.read() as session:
        waiting = col(Notice.state).in_(["pending", "held"])
        pending, oldest = session.exec(select(func.count(), func.min(Notice.created_at)).where(waiting)).one()
        dead = session.exec(select(func.count()).where(Notice.state == "dead")).one()
    age = now - oldest if oldest else timedelta()
    return {
        "ready": age < OLD_NOTICE,
        "outbox_pending": pending,
        "outbox_oldest_seconds": round(age.total_seconds(), 1),
        "outbox_dead": dead,
    }


def referrals(database: Database) -> int:
    """Completed leads, since the beginning."""
    with database.read() as session:
        return session.exec(select(func.count()).where(Lead.status == "complete")).one()


def deliveries(database: Database) -> dict[tuple[str, str], int]:
    """(channel, state) to the number of notices that ended so."""
    ended = col(Notice.state).in_(["delivered", "written", "dead"])
    with database.read() as session:
        rows = session.exec(
            select(Notice.channel, Notice.state, func.count()).where(ended).group_by(Notice.channel, Notice.state)
        )
        return {(channel, state): number for channel, state, number in rows}
