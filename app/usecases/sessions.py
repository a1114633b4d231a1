"""Sessions of the staff: each begins under a secret made just now, and every change of rights begins a new one."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, delete

from app.desk import Desk
from app.store.audit import Actor, record
from app.store.tables import StaffSession

Kind = Literal["browser", "api", "code"]
"""`code`: the password was right, the second factor is still to come; it opens nothing but the page that asks."""
API_LIFETIME = timedelta(hours=1)
CODE_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Client:
    """Where a sign-in comes from. `replaces` is the stored id of the session that the client held until now;
    `device` the secret by which the browser is known again after somebody got in with it."""

    kind: Kind
    address: str = ""
    agent: str = ""
    replaces: str | None = None
    device: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`secret` is what the client keeps; the desk stores only its SHA-256. `csrf_token` goes into every form."""

    secret: str = field(repr=False)
    csrf_token: str = field(repr=False)
    expires_at: datetime
    staff_id: str
    kind: Kind


def session_id(secret: str) -> str:
    """The key under which a session is stored."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def lifetime(desk: Desk, kind: Kind) -> timedelta:
    """How long a session lasts at most."""
    if kind == "browser":
        return timedelta(hours=desk.settings.staff_session_h)
    return API_LIFETIME if kind == "api" else CODE_LIFETIME


def idle_limit(desk: Desk) -> timedelta:
    """How long a session lasts without use."""
    return timedelta(minutes=desk.settings.staff_idle_min)


def draw(desk: Desk, staff_id: str, kind: Kind) -> SignedIn:
    """A session's secrets, from the system's randomness: what a client brings is never taken."""
    expires = desk.clock() + lifetime(desk, kind)
    return SignedIn(secrets.token_urlsafe(32), secrets.token_urlsafe(32), expires, staff_id, kind)


def begin(session: Session, now: datetime, drawn: SignedIn, client: Client, *, second_factor: bool) -> None:
    """Stores a drawn session in place of the one that the client held, and clears away those that are over."""
    over = col(StaffSession.expires_at) <= now  # anybody's: where a person was signed in is kept no longer than needed
    session.exec(delete(StaffSession).where(over | (col(StaffSession.id) == client.replaces)))
    session.add(
        StaffSession(
            id=session_id(drawn.secret),
            staff_id=drawn.staff_id,
            kind=drawn.kind,
            second_factor=second_factor,
            address=client.address,
            agent=client.agent,
            csrf_token=drawn.csrf_token,
            created_at=now,
            last_seen_at=now,
            expires_at=drawn.expires_at,
        )
    )
    if drawn.kind != "code":
        record(session, now, Actor("staff", drawn.staff_id), "signed_in", ("staff", drawn.staff_id), None)


def end_all(session: Session, staff_id: str) -> None:
    """Every session of the person ends with this commit, half-way ones too."""
    session.exec(delete(StaffSession).where(col(StaffSession.staff_id) == staff_id))
