"""set_up_account: an invited person opens their link, chooses a password, and is in. The link works once."""

from dataclasses import dataclass

from sqlmodel import Session

from app.desk import Desk
from app.errors import NotSignedIn
from app.store.audit import DESK, Actor, record
from app.store.invitations import good_invitation, withdraw
from app.store.queries.people import needs_second_factor, words_of
from app.store.second_factors import forget, forget_passkeys
from app.store.tables import Staff
from app.usecases import passwords
from app.usecases.password_rules import check_new_password
from app.usecases.sessions import Client, SignedIn, begin, draw, end_all
from app.usecases.sign_in_throttle import count, link_limits, refuse_if_full

LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """Whom a link is for, and whether their role asks for a second factor after the password."""

    email: str
    needs_second_factor: bool


def open_invitation(desk: Desk, token: str, address: str) -> Opening:
    """Whom the link is for; opening it spends nothing. Raises NotSignedIn for one that was used, replaced, is too old
    or never was; TooMany when this place tried many such. A good link always opens: nobody can guess one, so strangers
    at the same address must not lock its owner out."""
    now = desk.clock()
    with desk.database.read() as session:
        found = good_invitation(session, token[:LONGEST_TOKEN], now)
        staff = session.get(Staff, found.staff_id) if found else None
        if staff is not None and staff.disabled_at is None:
            return Opening(staff.email, needs_second_factor(session, staff))
    limits = link_limits(desk, address)

    def work(session: Session) -> None:
        refuse_if_full(session, limits, now)
        count(session, limits, now)
        record(session, now, DESK, "set_up_refused", ("staff", "unknown"), None)

    with desk.database.read() as session:
        refuse_if_full(session, limits, now)
    desk.database.write(work)
    raise _no_link()


def set_up_account(desk: Desk, token: str, new: str, client: Client) -> SignedIn:
    """The password counts from now on and the link no more. In the session that begins the second factor is set up.
    Raises Invalid for an unfit password, NotSignedIn when the link was used meanwhile."""
    now = desk.clock()
    with desk.database.read() as session:
        staff = _staff(session, token, desk)
        drawn = draw(desk, staff.id, "browser")
        check_new_password(new, words_of(session, staff))
    new_hash = passwords.hash_password(new)

    def work(session: Session) -> None:
        staff = _staff(session, token, desk)  # of two who use it at once, the second finds it gone
        staff.password_hash, staff.password_generated = new_hash, False
        session.add(staff)
        withdraw(session, staff.id)
        forget(session, staff.id)
        forget_passkeys(session, staff.id)
        end_all(session, staff.id)
        record(session, now, Actor("staff", staff.id), "set_up_account", ("staff", staff.id), None)
        begin(session, now, drawn, client, second_factor=False)

    desk.database.write(work)
    return drawn


def _staff(session: Session, token: str, desk: Desk) -> Staff:
    found = good_invitation(session, token[:LONGEST_TOKEN], desk.clock())
    staff = session.get(Staff, found.staff_id) if found else None
    if staff is None or staff.disabled_at is not None:
        raise _no_link()
    return staff


def _no_link() -> NotSignedIn:
    return NotSignedIn(
        "This link does not work: it was used already, is too old, or there is a newer one.",
        "Ask the person who sent it for a new one.",
        code="no_link",
    )
