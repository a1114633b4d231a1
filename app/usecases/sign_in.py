"""sign_in: a person shows e-mail, password and code and gets a session; who may not enter learns nothing else."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import NotSignedIn, SecondFactorNeeded
from app.store.audit import Actor, record
from app.store.queries.people import Person, needs_second_factor
from app.store.second_factors import confirmed
from app.store.tables import Staff, StaffSession
from app.usecases import passwords
from app.usecases.check_code import check_code
from app.usecases.sessions import Client, SignedIn, begin, draw
from app.usecases.sign_in_throttle import attempt, forgive

SET_UP = "Sign in to the dashboard with a browser once and set it up there."


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the person typed. `code` is of the authenticator app, or a recovery code."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)

    @property
    def normal_email(self) -> str:
        """As it is stored."""
        return self.email.strip().lower()


@dataclass(frozen=True, slots=True)
class _Known:
    """Someone whose password was right. `needs` and `has` speak of the second factor."""

    staff_id: str
    password_hash: str = field(repr=False)
    has: bool
    needs: bool


def sign_in(desk: Desk, given: Credentials, client: Client) -> SignedIn:
    """Starts a session. In a browser, without the code that a person needs, it is one of the kind `code`, which
    `finish_sign_in` turns into a real one.

    Raises TooMany before anything is hashed; NotSignedIn for a wrong password, an unknown e-mail and a disabled person
    alike, after the same time. After the right password only: NotSignedIn `code_required` (not for a browser),
    `wrong_code`, `code_used`, and SecondFactorNeeded for an API session of someone who must set one up first."""
    known = _check_password(desk, given, client)
    if known.has and given.code is None and client.kind == "browser":
        return _start(desk, known, given, Client("code", client.address, client.agent, client.replaces))
    if known.has and given.code is None:
        raise NotSignedIn("A code is needed besides the password.", "Add the code of your app.", code="code_required")
    if known.needs and not known.has and client.kind == "api":
        raise SecondFactorNeeded("Your role needs a second factor.", SET_UP)
    if known.has:
        check_code(desk, known.staff_id, given.code or "")
    return _start(desk, known, given, client)


def finish_sign_in(desk: Desk, half: Person, code: str, client: Client) -> SignedIn:
    """Turns the session of the kind `code` into a browser's session under a new secret. Raises TooMany, and
    NotSignedIn when the code is wrong or the first half is over."""
    check_code(desk, half.staff_id, code)
    now, drawn = desk.clock(), draw(desk, half.staff_id, "browser")

    def work(session: Session) -> None:
        if session.get(StaffSession, half.session_id) is None:
            raise NotSignedIn("You are signed out. Please sign in again.")
        place = Client("browser", client.address, client.agent, half.session_id)
        begin(session, now, drawn, place, second_factor=True)
        forgive(desk, session, half.staff_id, half.email, client.address, client.device)

    desk.database.write(work)
    return drawn


def _check_password(desk: Desk, given: Credentials, client: Client) -> _Known:
    now, email = desk.clock(), given.normal_email
    attempt(desk, email, client.address, client.device)
    with desk.database.read() as session:
        staff = session.exec(select(Staff).where(Staff.email == email)).first()
        known = None if staff is None or staff.disabled_at else _known(session, staff)
    right = passwords.matches(known.password_hash if known else None, given.password)
    if not right or known is None:
        _note_failure(desk, staff.id if staff else "unknown", now)
        raise NotSignedIn("The e-mail or the password is not right.", "Check both and try again.")
    return known


def _known(session: Session, staff: Staff) -> _Known:
    has = confirmed(session, staff.id) is not None
    return _Known(staff.id, staff.password_hash, has, needs_second_factor(session, staff))


def _start(desk: Desk, known: _Known, given: Credentials, client: Client) -> SignedIn:
    now, drawn = desk.clock(), draw(desk, known.staff_id, client.kind)
    outdated = passwords.is_outdated(known.password_hash)
    fresh_hash = passwords.hash_password(given.password) if outdated else known.password_hash

    def work(session: Session) -> None:
        staff = session.get(Staff, known.staff_id)
        if staff is None or staff.disabled_at or staff.password_hash != known.password_hash:
            raise NotSignedIn("The e-mail or the password is not right.", "Check both and try again.")
        staff.password_hash = fresh_hash
        session.add(staff)
        begin(session, now, drawn, client, second_factor=known.has and client.kind != "code")
        if client.kind != "code":
            forgive(desk, session, known.staff_id, given.normal_email, client.address, client.device)

    desk.database.write(work)
    return drawn


def _note_failure(desk: Desk, staff_id: str, now: datetime) -> None:
    """Also for unknown e-mails: skipping the write would show, by time, who works here."""
    target = ("staff", staff_id)
    desk.database.write(lambda s: record(s, now, Actor("desk"), "sign_in_refused", target, None))
