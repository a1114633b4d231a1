"""disable_staff: a person works here no more; every session of theirs ends with the same commit."""

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import NotFound
from app.store.audit import COMMAND, Actor, record
from app.store.invitations import withdraw
from app.store.second_factors import forget, forget_passkeys
from app.store.tables import Staff
from app.usecases.sessions import end_all


def disable_staff(desk: Desk, email: str, actor: Actor = COMMAND) -> str:
    """Shuts the person out at once and for good. Returns the staff id. Raises NotFound."""
    email, now = email.strip().lower(), desk.clock()

    def work(session: Session) -> str:
        staff = session.exec(select(Staff).where(Staff.email == email)).first()
        if staff is None:
            raise NotFound(f"Nobody with the e-mail {email!r} works here.")
        staff.disabled_at = staff.disabled_at or now
        session.add(staff)
        end_all(session, staff.id)
        forget(session, staff.id)
        forget_passkeys(session, staff.id)
        withdraw(session, staff.id)
        record(session, now, actor, "disabled", ("staff", staff.id), None)
        return staff.id

    return desk.database.write(work)
