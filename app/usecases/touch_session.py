"""touch_session: a person is at work; their browser stays signed in."""

from datetime import timedelta

from sqlmodel import Session

from app.desk import Desk
from app.store.queries.people import Person
from app.store.tables import StaffSession
from app.usecases.sessions import idle_limit

EVERY = timedelta(minutes=5)
"""A commit for every click would buy nothing: idleness is counted in many minutes."""


def touch_session(desk: Desk, person: Person) -> None:
    """Notes that the session is in use, at most once in five minutes."""
    now = desk.clock()
    if now - person.last_seen_at < min(EVERY, idle_limit(desk) / 4):
        return

    def work(session: Session) -> None:
        row = session.get(StaffSession, person.session_id)
        if row is not None:
            row.last_seen_at = now
            session.add(row)

    desk.database.write(work)
