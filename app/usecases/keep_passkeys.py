"""keep_passkeys: a signed-in person adds a passkey to their account, names it, and takes it away again."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from app.desk import Desk
from app.errors import Invalid, NotFound, NotSignedIn, SecondFactorNeeded
from app.store.audit import Actor, record
from app.store.queries.people import Person
from app.store.tables import Passkey, StaffSession
from app.usecases.confirm_password import confirm_password, refuse_password_alone
from app.usecases.passkey_ceremony import Answer, Ceremony, for_adding, spend, verified_new
from app.usecases.sessions import Client, SignedIn, begin, draw, end_all

MOST = 20
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class OwnPasskey:
    """One of a person's passkeys, for their list."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


def passkeys_of(desk: Desk, person: Person) -> list[OwnPasskey]:
    """The person's, the oldest first."""
    mine = select(Passkey).where(Passkey.staff_id == person.staff_id).order_by(col(Passkey.created_at))
    with desk.database.read() as session:
        return [OwnPasskey(one.id, one.name, one.created_at, one.last_used_at) for one in session.exec(mine)]


def begin_passkey(desk: Desk, person: Person, password: str) -> Ceremony:
    """What the browser needs to make one, for this session. Raises SecondFactorNeeded for a sign-in that is not whole:
    a password alone must not make a way around the factor, nor around a passkey; Invalid for a wrong password,
    TooMany."""
    if not person.is_settled:
        raise SecondFactorNeeded("Your role needs a second factor, and you have none yet.", "Set it up first.")
    refuse_password_alone(person)
    confirm_password(desk, person, password)
    with desk.database.read() as session:
        mine = select(Passkey.credential_id).where(Passkey.staff_id == person.staff_id)
        known = list(session.exec(mine))
    if len(known) >= MOST:
        raise Invalid(f"You have {MOST} passkeys, the most there can be.", "Remove one that you do not use.")
    return for_adding(desk, person.staff_id, person.email, known, person.session_id)


def add_passkey(desk: Desk, person: Person, answer: Answer, name: str, client: Client) -> SignedIn:
    """It opens the account from now on. Other sessions end and this one gets a new secret. Raises Invalid."""
    from webauthn.helpers import bytes_to_base64url

    name, now = _checked_name(name), desk.clock()
    made, drawn = verified_new(desk, answer), draw(desk, person.staff_id, "browser")
    credential_id = bytes_to_base64url(made.credential_id)

    def work(session: Session) -> None:
        _still_signed_in(session, person)
        if not spend(session, answer, now):
            raise Invalid("This page was used already.", "Begin again.", code="old_challenge")
        if session.exec(select(Passkey.id).where(Passkey.credential_id == credential_id)).first() is not None:
            raise Invalid("That passkey is known here already.", "Use another device, or remove it first.")
        if _count(session, person) >= MOST:
            raise Invalid(f"You have {MOST} passkeys, the most there can be.", "Remove one that you do not use.")
        passkey = Passkey(
            staff_id=person.staff_id,
            credential_id=credential_id,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            name=name,
            created_at=now,
        )
        session.add(passkey)
        _note(session, now, person, "added_passkey", passkey.id)
        _go_on(session, now, person, drawn, client)

    desk.database.write(work)
    return drawn


def rename_passkey(desk: Desk, person: Person, passkey_id: str, name: str) -> None:
    """Raises NotFound for one that is not theirs, Invalid for a name that is none."""
    name, now = _checked_name(name), desk.clock()

    def work(session: Session) -> None:
        passkey = _mine(session, person, passkey_id)
        passkey.name = name
        session.add(passkey)
        _note(session, now, person, "renamed_passkey", passkey.id)

    desk.database.write(work)


def remove_passkey(desk: Desk, person: Person, passkey_id: str, password: str, client: Client) -> SignedIn:
    """It opens nothing any more. Other sessions end and this one gets a new secret. Raises NotFound for one that is
    not theirs, Invalid for a wrong password and for a sign-in without a passkey or code, TooMany."""
    refuse_password_alone(person)
    confirm_password(desk, person, password)
    now, drawn = desk.clock(), draw(desk, person.staff_id, "browser")

    def work(session: Session) -> None:
        _still_signed_in(session, person)
        passkey = _mine(session, person, passkey_id)
        session.delete(passkey)
        _note(session, now, person, "removed_passkey", passkey_id)
        _go_on(session, now, person, drawn, client)

    desk.database.write(work)
    return drawn


def _go_on(session: Session, now: datetime, person: Person, drawn: SignedIn, client: Client) -> None:
    end_all(session, person.staff_id)
    begin(session, now, drawn, client, second_factor=person.second_factor)


def _mine(session: Session, person: Person, passkey_id: str) -> Passkey:
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.staff_id != person.staff_id:
        raise NotFound("There is no such passkey.")
    return passkey


def _count(session: Session, person: Person) -> int:
    mine = select(func.count()).select_from(Passkey).where(col(Passkey.staff_id) == person.staff_id)
    return session.exec(mine).one()


def _still_signed_in(session: Session, person: Person) -> None:
    if session.get(StaffSession, person.session_id) is None:
        raise NotSignedIn("You are signed out. Please sign in again.")


def _checked_name(name: str) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not 1 <= len(shown) <= LONGEST_NAME:
        raise Invalid(
            f"A passkey's name has 1 to {LONGEST_NAME} characters, not {len(shown)}.",
            "Name the device, for example: My phone.",
            code="bad_name",
        )
    return shown


def _note(session: Session, now: datetime, person: Person, verb: str, passkey_id: str) -> None:
    record(session, now, Actor("staff", person.staff_id), verb, ("passkey", passkey_id), None)
