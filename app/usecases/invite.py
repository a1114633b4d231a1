"""invite: a new person gets a link under which they choose their password and set up their second factor themselves."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.audit import COMMAND, Actor, record
from app.store.invitations import is_invited, token_hash, withdraw
from app.store.tables import Invitation, Staff

GOOD_FOR = timedelta(hours=24)
PAGE = "/dashboard/set-up"


@dataclass(frozen=True, slots=True)
class Invited:
    """`url` is shown once and stored nowhere. Its secret stands behind the `#`, which browsers send to no server: so
    it is in no log of ours or of a proxy, and in no referrer."""

    staff_id: str
    email: str
    url: str = field(repr=False)
    until: datetime


def invite(desk: Desk, session: Session, staff: Staff, now: datetime, actor: Actor) -> Invited:
    """Makes the link within the caller's transaction; one from before works no more."""
    token, until = secrets.token_urlsafe(32), now + GOOD_FOR
    withdraw(session, staff.id)
    session.flush()
    session.add(Invitation(staff_id=staff.id, token_hash=token_hash(token), created_at=now, expires_at=until))
    record(session, now, actor, "invited", ("staff", staff.id), None)
    return Invited(staff.id, staff.email, f"{desk.settings.url}{PAGE}#{token}", until)


def invite_again(desk: Desk, email: str, actor: Actor = COMMAND) -> Invited:
    """A new link for somebody who has not used theirs. Raises NotFound; Invalid for an account that is in use."""
    email, now = email.strip().lower(), desk.clock()

    def work(session: Session) -> Invited:
        staff = session.exec(select(Staff).where(Staff.email == email)).first()
        if staff is None or staff.disabled_at is not None:
            raise NotFound(f"Nobody with the e-mail {email!r} works here.", "Run: frontdesk staff create --invite")
        if not is_invited(session, staff.id):
            raise Invalid(
                f"{email!r} has an account that is in use.",
                "For a lost password or phone run: frontdesk staff reset-password, or frontdesk staff reset-mfa",
            )
        return invite(desk, session, staff, now, actor)

    return desk.database.write(work)
