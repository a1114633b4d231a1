"""sign_out: a session ends now, wherever its secret may still lie."""

from sqlmodel import Session

from app.desk import Desk
from app.errors import NotFound
from app.store.audit import Actor, record
from app.store.queries.people import Person
from app.store.tables import StaffSession
from app.usecases.sessions import end_all


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


def end_session(desk: Desk, person: Person, session_id: str) -> None:
    """Ends one of the person's own sessions. Raises NotFound for anybody else's, as for one that is over."""
    with desk.database.read() as session:
        row = session.get(StaffSession, session_id)
        if row is None or row.staff_id != person.staff_id:
            raise NotFound("There is no such session.")
    sign_out(desk, session_id)


def sign_out_everywhere(desk: Desk, person: Person) -> None:
    """Ends every session of the person, this one too."""
    now = desk.clock()

    def work(session: Session) -> None:
        end_all(session, person.staff_id)
        record(session, now, Actor("staff", person.staff_id), "signed_out_everywhere", ("staff", person.staff_id), None)

    desk.database.write(work)
