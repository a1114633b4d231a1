"""give_second_factor: an account comes with its second factor, so that its password alone never opens it."""

from datetime import datetime

from sqlmodel import Session

from app.desk import Desk
from app.store.audit import DESK, record
from app.store.second_factors import seal_secret
from app.store.tables import SecondFactor
from app.usecases.totp import new_secret


def give_second_factor(desk: Desk, session: Session, staff_id: str, now: datetime) -> str:
    """Stores a confirmed one within the caller's transaction and returns its secret in base32, this once."""
    secret = new_secret()
    sealed = seal_secret(desk.keys, staff_id, secret)
    session.add(SecondFactor(staff_id=staff_id, sealed_secret=sealed, confirmed_at=now, created_at=now))
    record(session, now, DESK, "gave_second_factor", ("staff", staff_id), None)
    return secret
