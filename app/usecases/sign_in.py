"""sign_in: a person shows e-mail and password and gets a session; who may not enter learns nothing else."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, delete, select

from app.desk import Desk
from app.errors import NotSignedIn
from app.store.audit import Actor, record
from app.store.tables import Staff, StaffSession
from app.usecases import passwords
from app.usecases.sign_in_throttle import SignInThrottle

Kind = Literal["browser", "api"]
LIFETIME: dict[Kind, timedelta] = {"browser": timedelta(hours=24), "api": timedelta(hours=1)}
IDLE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`secret` is what the client keeps; the desk stores only its SHA-256. `csrf_token` goes into every form."""

    secret: str
    csrf_token: str
    expires_at: datetime
    staff_id: str


def session_id(secret: str) -> str:
    """The key under which a session is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sign_in(desk: Desk, throttle: SignInThrottle, email: str, password: str, kind: Kind, address: str = "") -> SignedIn:
    """Starts a session. Raises TooMany before anything is hashed, NotSignedIn for a wrong password, an unknown
    e-mail and a disabled person alike, after the same time."""
    email, now = email.strip().lower(), desk.clock()
    throttle.attempt(email, address, now)
    with desk.database.read() as session:
        staff = session.exec(select(Staff).where(Staff.email == email)).first()
    known = None if staff is None or staff.disabled_at else staff
    if not passwords.matches(known.password_hash if known else None, password[: passwords.LONGEST + 1]) or not known:
        _note_failure(desk, staff.id if staff else "unknown", now)
        raise NotSignedIn("The e-mail or the password is not right.", "Check both and try again.")
    throttle.succeeded(email, address)
    return _start(desk, known.id, kind, now)


def _start(desk: Desk, staff_id: str, kind: Kind, now: datetime) -> SignedIn:
    started = SignedIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32), now + LIFETIME[kind], staff_id)

    def work(session: Session) -> None:
        mine, over = col(StaffSession.staff_id) == staff_id, col(StaffSession.expires_at) <= now
        session.exec(delete(StaffSession).where(mine, over))
        row = StaffSession(
            id=session_id(started.secret),
            staff_id=staff_id,
            kind=kind,
            csrf_token=started.csrf_token,
            created_at=now,
            last_seen_at=now,
            expires_at=started.expires_at,
        )
        session.add(row)
        record(session, now, Actor("staff", staff_id), "signed_in", ("staff", staff_id), None)

    desk.database.write(work)
    return started


def _note_failure(desk: Desk, staff_id: str, now: datetime) -> None:
    """Also for unknown e-mails: skipping the write would show, by time, who works here."""
    target = ("staff", staff_id)
    desk.database.write(lambda s: record(s, now, Actor("desk"), "sign_in_refused", target, None))
