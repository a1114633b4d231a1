"""sign_out: a session ends now, wherever its secret may still lie."""

from sqlmodel import Session

from app.desk import Desk
from app.store.audit import Actor, record
from app.store.tables import StaffSession


def sign_out(desk: Desk, session_id: str) -> None:
    """Ends the session stored under `session_id`; one that is over already is no error."""
    now = desk.clock()

    def work(session: Session) -> None:
        row = session.get(StaffSession, session_id)
        if row is None:
            return
        record(session, now, Actor("staff", row.staff_id), "signed_out", ("staff", row.staff_id), None)
        session.delete(row)

    desk.database.write(work)
