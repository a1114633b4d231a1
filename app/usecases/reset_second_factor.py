"""reset_second_factor: somebody lost phone and recovery codes; the operator lets them in again."""

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import NotFound
from app.store.audit import COMMAND, Actor, record
from app.store.queries.people import needs_second_factor
from app.store.second_factors import forget, forget_passkeys
from app.store.tables import Staff
from app.usecases.give_second_factor import give_second_factor
from app.usecases.sessions import end_all
from app.usecases.sign_in_throttle import forget_codes


def reset_second_factor(desk: Desk, email: str, actor: Actor = COMMAND) -> str | None:
    """Takes app, recovery codes and passkeys away and ends every session. Someone whose role needs a second factor
    gets a new secret at once, which is returned: at no time would their password alone be enough. Raises NotFound."""
    email, now = email.strip().lower(), desk.clock()

    def work(session: Session) -> str | None:
        staff = session.exec(select(Staff).where(Staff.email == email)).first()
        if staff is None or staff.disabled_at is not None:
            raise NotFound(f"Nobody with the e-mail {email!r} works here.")
        forget(session, staff.id)
        forget_passkeys(session, staff.id)
        forget_codes(desk, session, staff.id)
        end_all(session, staff.id)
        record(session, now, actor, "reset_second_factor", ("staff", staff.id), None)
        return give_second_factor(desk, session, staff.id, now) if needs_second_factor(session, staff) else None

    return desk.database.write(work)
