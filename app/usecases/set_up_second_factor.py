"""set_up_second_factor: a person ties their account to an authenticator app, moves it to another phone, or lets go."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session, col, delete

from app.desk import Desk
from app.errors import Invalid, NotSignedIn
from app.store.audit import Actor, record
from app.store.queries.people import Person
from app.store.second_factors import being_set_up, forget, replace_recovery_codes, seal_secret, unseal_secret
from app.store.tables import SecondFactor, StaffSession
from app.usecases import passwords
from app.usecases.confirm_password import confirm_password, refuse_password_alone
from app.usecases.sessions import Client, SignedIn, begin, draw, end_all
from app.usecases.sign_in_throttle import code_limits, count, forget_codes, refuse_if_full
from app.usecases.totp import matching_step, new_secret, phone_time, setup_uri, step_at

RECOVERY_CODES = 10
RECOVERY_GROUPS = 4
JUST_SIGNED_IN = timedelta(minutes=15)
"""Who has just typed the password is not asked for it again while they set up their first factor."""


@dataclass(frozen=True, slots=True)
class SettingUp:
    """What the app must be told: the secret in base32, and the same as the address that a QR code holds."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetUp:
    """The session goes on under a new secret. `recovery_codes` are shown this once."""

    signed_in: SignedIn
    recovery_codes: list[str] = field(repr=False)


def new_recovery_codes() -> list[str]:
    """Ten codes of 16 characters."""
    return [passwords.random_text(RECOVERY_GROUPS) for _ in range(RECOVERY_CODES)]


def asks_password(desk: Desk, person: Person) -> bool:
    """Whether setting up begins with the password once more."""
    return person.has_second_factor or desk.clock() - person.signed_in_at > JUST_SIGNED_IN


def begin_set_up(desk: Desk, person: Person, password: str) -> None:
    """Draws a secret that only this session is shown; the old app counts until the new one is confirmed.
    Raises Invalid for a wrong password, and for a password alone where the person has a passkey: who stole it must not
    tie the account to their phone; TooMany."""
    refuse_password_alone(person)
    if asks_password(desk, person):
        confirm_password(desk, person, password)
    now, sealed = desk.clock(), seal_secret(desk.keys, person.staff_id, new_secret())

    def work(session: Session) -> None:
        _drop(session, person.staff_id, keep_confirmed=True)
        session.add(
            SecondFactor(staff_id=person.staff_id, sealed_secret=sealed, begun_in=person.session_id, created_at=now)
        )
        _note(session, desk, person, "began_second_factor")

    desk.database.write(work)


def setting_up(desk: Desk, person: Person) -> SettingUp | None:
    """What this session is setting up, None when it has begun nothing."""
    with desk.database.read() as session:
        factor = being_set_up(session, person.staff_id, person.session_id)
        secret = unseal_secret(desk.keys, factor) if factor else None
    return SettingUp(secret, setup_uri(secret, person.email)) if secret else None


def confirm_set_up(desk: Desk, person: Person, code: str, client: Client) -> SetUp:
    """The app works: from now on it counts, with ten new recovery codes. Every other session of the person ends and
    this one gets a new secret. Raises Invalid for a wrong code, TooMany."""
    now, limits = desk.clock(), code_limits(desk, person.staff_id)
    codes, drawn = new_recovery_codes(), draw(desk, person.staff_id, "browser")

    def work(session: Session) -> bool:
        refuse_if_full(session, limits, now)
        factor = _mine(session, person)
        step = matching_step(unseal_secret(desk.keys, factor), code, step_at(phone_time(desk)))
        if step is None:
            count(session, limits, now)
            return False
        factor.confirmed_at, factor.last_step, factor.begun_in = now, step, ""
        _drop(session, person.staff_id, keep=factor.id)
        session.add(factor)
        replace_recovery_codes(session, person.staff_id, codes, now)
        forget_codes(desk, session, person.staff_id)
        end_all(session, person.staff_id)
        begin(session, now, drawn, client, second_factor=True)
        _note(session, desk, person, "set_up_second_factor")
        return True

    if not desk.database.write(work):
        raise Invalid("The code is not right.", "Type the newest one that the app shows.", code="wrong_code")
    return SetUp(drawn, codes)


def renew_recovery_codes(desk: Desk, person: Person, password: str) -> list[str]:
    """Ten new ones; the old ones count no more. Raises Invalid for a wrong password or without an app, TooMany."""
    confirm_password(desk, person, password)
    if not person.has_second_factor:
        raise Invalid("There is no second factor yet.", "Set one up first.")
    now, codes = desk.clock(), new_recovery_codes()

    def work(session: Session) -> None:
        replace_recovery_codes(session, person.staff_id, codes, now)
        _note(session, desk, person, "renewed_recovery_codes")

    desk.database.write(work)
    return codes


def turn_off(desk: Desk, person: Person, password: str, client: Client) -> SignedIn:
    """Back to the password alone; other sessions end. Raises Invalid when the role needs a second factor."""
    if person.needs_second_factor:
        raise Invalid("Your role needs a second factor.", "You can move it to another phone.")
    confirm_password(desk, person, password)
    now, drawn = desk.clock(), draw(desk, person.staff_id, "browser")

    def work(session: Session) -> None:
        forget(session, person.staff_id)
        end_all(session, person.staff_id)
        begin(session, now, drawn, client, second_factor=False)
        _note(session, desk, person, "turned_off_second_factor")

    desk.database.write(work)
    return drawn


def _mine(session: Session, person: Person) -> SecondFactor:
    if session.get(StaffSession, person.session_id) is None:
        raise NotSignedIn("You are signed out. Please sign in again.")
    factor = being_set_up(session, person.staff_id, person.session_id)
    if factor is None:
        raise Invalid("Nothing is being set up any more.", "Begin again.", code="begin_again")
    return factor


def _drop(session: Session, staff_id: str, *, keep: str = "", keep_confirmed: bool = False) -> None:
    query = delete(SecondFactor).where(col(SecondFactor.staff_id) == staff_id, col(SecondFactor.id) != keep)
    if keep_confirmed:
        query = query.where(col(SecondFactor.confirmed_at).is_(None))
    session.exec(query)


def _note(session: Session, desk: Desk, person: Person, verb: str) -> None:
    record(session, desk.clock(), Actor("staff", person.staff_id), verb, ("staff", person.staff_id), None)
