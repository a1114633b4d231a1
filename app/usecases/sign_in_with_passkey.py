"""sign_in_with_passkey: a person shows a passkey, unlocked by finger, face or PIN, which is both factors at once."""

from dataclasses import dataclass

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import Invalid, NotSignedIn
from app.store.audit import Actor, record
from app.store.tables import Passkey, Staff
from app.usecases.passkey_ceremony import Answer, credential_of, spend, verified_shown
from app.usecases.sessions import Client, SignedIn, begin, draw
from app.usecases.sign_in_throttle import count, forgive, passkey_limits, refuse_if_full


@dataclass(frozen=True, slots=True)
class _Shown:
    passkey_id: str
    staff_id: str
    email: str
    sign_count: int


def sign_in_with_passkey(desk: Desk, answer: Answer, client: Client) -> SignedIn:
    """A browser's session. Raises TooMany before anything is looked at; NotSignedIn for whatever is not right: forged,
    used already, of another site, of nobody, of somebody who works here no more."""
    now, limits = desk.clock(), passkey_limits(desk, client.address)
    with desk.database.read() as session:
        refuse_if_full(session, limits, now)
    try:
        shown = _judge(desk, answer)
    except Invalid as refusal:
        _note_failure(desk, answer, client)
        raise NotSignedIn(refusal.message, refusal.remedy, code=refusal.code) from None
    drawn = draw(desk, shown.staff_id, "browser")

    def work(session: Session) -> bool:
        passkey, staff = session.get(Passkey, shown.passkey_id), session.get(Staff, shown.staff_id)
        copied = passkey is not None and 0 < shown.sign_count <= passkey.sign_count
        if not spend(session, answer, now) or passkey is None or copied or staff is None or staff.disabled_at:
            return False
        passkey.sign_count, passkey.last_used_at = shown.sign_count, now
        session.add(passkey)
        record(session, now, Actor("staff", staff.id), "used_passkey", ("passkey", passkey.id), None)
        begin(session, now, drawn, client, second_factor=True)
        forgive(desk, session, staff.id, staff.email, client.address, client.device)
        return True

    if not desk.database.write(work):
        _note_failure(desk, answer, client)
        raise NotSignedIn("The passkey was not accepted.", "Please try again.", code="wrong_passkey")
    return drawn


def _judge(desk: Desk, answer: Answer) -> _Shown:
    named = credential_of(answer).get("id")
    with desk.database.read() as session:
        mine = select(Passkey, Staff).join(Staff).where(Passkey.credential_id == str(named))
        passkey, staff = session.exec(mine).first() or (None, None)
    if passkey is None or staff is None or staff.disabled_at is not None:
        raise Invalid(
            "That passkey is not known here.",
            "It may have been removed. Sign in with your password, and add it again under your account.",
            code="unknown_passkey",
        )
    verified = verified_shown(desk, answer, passkey)
    return _Shown(passkey.id, staff.id, staff.email, verified.new_sign_count)


def _note_failure(desk: Desk, answer: Answer, client: Client) -> None:
    now, limits = desk.clock(), passkey_limits(desk, client.address)

    def work(session: Session) -> None:
        spend(session, answer, now)
        count(session, limits, now)
        record(session, now, Actor("desk"), "passkey_refused", ("staff", "unknown"), None)

    desk.database.write(work)
