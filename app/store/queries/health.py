"""Facts about the outbox and whether the desk is ready."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from app.store.session import Database
from app.store.tables import Notice

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
