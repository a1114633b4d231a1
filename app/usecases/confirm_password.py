"""confirm_password: before something weighty, a signed-in person shows that it is they who sit there."""

from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import Actor, record
from app.store.queries.people import Person
from app.store.tables import Staff
from app.usecases import passwords
from app.usecases.sign_in_throttle import confirm_limits, count, forget_confirms, refuse_if_full


def confirm_password(desk: Desk, person: Person, password: str) -> None:
    """Counted before hashing, by the person: strangers at the same address cannot use these tries up. Raises TooMany,
    Invalid for a wrong password."""
    now, limits, target = desk.clock(), confirm_limits(desk, person.staff_id), ("staff", person.staff_id)

    def try_once(session: Session) -> None:
        refuse_if_full(session, limits, now)  # of tries at the same moment only as many as are left get through
        count(session, limits, now)

    with desk.database.read() as session:
        refuse_if_full(session, limits, now)
        staff = session.get(Staff, person.staff_id)
        password_hash = staff.password_hash if staff else None
    desk.database.write(try_once)
    if not passwords.matches(password_hash, password):
        actor = Actor("staff", person.staff_id)
        desk.database.write(lambda s: record(s, now, actor, "password_refused", target, None))
        raise Invalid("That is not your password.", code="wrong_password")
    desk.database.write(lambda s: forget_confirms(desk, s, person.staff_id))


def refuse_password_alone(person: Person) -> None:
    """Before the ways into an account change. Raises Invalid where the person has a passkey and signed in without
    it: who stole the password would take it away, or tie the account to a phone of their own."""
    if person.has_passkey and not person.second_factor:
        remedy = "Sign in with it first. If it is lost, ask the person who runs Frontdesk for a reset."
        raise Invalid("You have a passkey.", remedy, code="passkey_first")
