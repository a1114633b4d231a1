"""Links under which a new person makes their account their own, as they are kept: hashes, one per person."""

import hashlib
from datetime import datetime

from sqlmodel import Session, col, delete, select

from app.store.tables import Invitation


def token_hash(token: str) -> str:
    """No slow hash is needed: nobody can try 2**256 tokens."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def good_invitation(session: Session, token: str, now: datetime) -> Invitation | None:
    """The invitation that the token opens now."""
    found = session.exec(select(Invitation).where(Invitation.token_hash == token_hash(token))).first()
    return found if found is not None and found.expires_at > now else None


def is_invited(session: Session, staff_id: str) -> bool:
    """Whether the person has not made the account their own yet; also when their link is too old by now."""
    return session.get(Invitation, staff_id) is not None


def withdraw(session: Session, staff_id: str) -> None:
    """No link opens this person's account any more."""
    session.exec(delete(Invitation).where(col(Invitation.staff_id) == staff_id))
