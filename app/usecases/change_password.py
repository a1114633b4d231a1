"""change_password: a person chooses their own; reset_password: the operator gives them a new one."""

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import Invalid, NotFound, NotSignedIn
from app.store.audit import COMMAND, Actor, record
from app.store.invitations import withdraw
from app.store.queries.people import Person, words_of
from app.store.tables import Staff, StaffSession
from app.usecases import passwords
from app.usecases.confirm_password import confirm_password
from app.usecases.password_rules import check_new_password
from app.usecases.sessions import Client, SignedIn, begin, draw, end_all


def change_password(desk: Desk, person: Person, current: str, new: str, client: Client) -> SignedIn:
    """From now on `new` counts; every other session of the person ends and this one gets a new secret.
    Raises Invalid for a wrong current or an unfit new password, TooMany."""
    confirm_password(desk, person, current)
    with desk.database.read() as session:
        check_new_password(new, words_of(session, session.get_one(Staff, person.staff_id)))
    if new == current:
        raise Invalid("The new password is the old one.", "Choose another.")
    now, new_hash, drawn = desk.clock(), passwords.hash_password(new), draw(desk, person.staff_id, "browser")

    def work(session: Session) -> None:
        if session.get(StaffSession, person.session_id) is None:
            raise NotSignedIn("You are signed out. Please sign in again.")
        staff = session.get_one(Staff, person.staff_id)
        staff.password_hash, staff.password_generated = new_hash, False
        session.add(staff)
        end_all(session, person.staff_id)
        begin(session, now, drawn, client, second_factor=person.second_factor)
        record(session, now, Actor("staff", person.staff_id), "changed_password", ("staff", person.staff_id), None)

    desk.database.write(work)
    return drawn


def reset_password(desk: Desk, email: str, actor: Actor = COMMAND) -> str:
    """A new generated password, shown this once; every session of the person ends, the second factor stays.
    Raises NotFound."""
    email, now, password = email.strip().lower(), desk.clock(), passwords.generate()
    new_hash = passwords.hash_password(password)

    def work(session: Session) -> None:
        staff = session.exec(select(Staff).where(Staff.email == email)).first()
        if staff is None or staff.disabled_at is not None:
            raise NotFound(f"Nobody with the e-mail {email!r} works here.")
        staff.password_hash, staff.password_generated = new_hash, True
        session.add(staff)
        withdraw(session, staff.id)
        end_all(session, staff.id)
        record(session, now, actor, "reset_password", ("staff", staff.id), None)

    desk.database.write(work)
    return password
