"""confirm_password: before something weighty, a signed-in person shows that it is they who sit there."""

from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import Actor, record
from app.store.queries.people import Person
from app.store.tables import Staff
from app.usecases import passwords
from app.usecases.sign_in_throttle import attempt, forgive


def confirm_password(desk: Desk, person: Person, password: str, address: str) -> None:
    """Counts like a sign-in, before hashing. Raises TooMany, Invalid for a wrong password."""
    attempt(desk, person.email, address)
    now, target = desk.clock(), ("staff", person.staff_id)
    with desk.database.read() as session:
        staff = session.get(Staff, person.staff_id)
        password_hash = staff.password_hash if staff else None
    if not passwords.matches(password_hash, password):
        actor = Actor("staff", person.staff_id)
        desk.database.write(lambda s: record(s, now, actor, "password_refused", target, None))
        raise Invalid("That is not your password.", code="wrong_password")

    def work(session: Session) -> None:
        forgive(desk, session, person.staff_id, person.email, address)

    desk.database.write(work)
