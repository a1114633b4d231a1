"""A person's second factor as it is kept: the app's secret sealed under a key of its own, codes as hashes."""

import base64
import hashlib
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from app.errors import Misconfigured
from app.store.crypto import Keys, NotOurs, seal, unseal
from app.store.tables import Passkey, RecoveryCode, SecondFactor

PURPOSE = "second-factor"


def seal_secret(keys: Keys, staff_id: str, secret: str) -> str:
    """Bound to the person: a row copied to somebody else does not open. Base64."""
    return base64.b64encode(seal(keys.derive(PURPOSE), secret.encode(), staff_id.encode())).decode()


def unseal_secret(keys: Keys, factor: SecondFactor) -> str:
    """The app's secret in base32. Raises Misconfigured when the row was sealed under another key or changed."""
    try:
        raw = base64.b64decode(factor.sealed_secret)
        return unseal(keys.derive(PURPOSE), raw, factor.staff_id.encode()).decode()
    except (NotOurs, ValueError):
        raise Misconfigured(
            f"The second factor of {factor.staff_id!r} does not open with the keys of this install.",
            "Run: frontdesk staff reset-mfa --email ...",
        ) from None


def confirmed(session: Session, staff_id: str) -> SecondFactor | None:
    """The factor that counts."""
    mine = select(SecondFactor).where(SecondFactor.staff_id == staff_id)
    return session.exec(mine.where(col(SecondFactor.confirmed_at).is_not(None))).first()


def being_set_up(session: Session, staff_id: str, session_id: str) -> SecondFactor | None:
    """The factor that this very session is setting up."""
    mine = select(SecondFactor).where(SecondFactor.staff_id == staff_id, SecondFactor.begun_in == session_id)
    return session.exec(mine.where(col(SecondFactor.confirmed_at).is_(None))).first()


def forget(session: Session, staff_id: str) -> None:
    """Takes away app and recovery codes."""
    session.exec(delete(SecondFactor).where(col(SecondFactor.staff_id) == staff_id))
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))


def forget_passkeys(session: Session, staff_id: str) -> None:
    """Takes away every passkey of the person."""
    session.exec(delete(Passkey).where(col(Passkey.staff_id) == staff_id))


def has_passkey(session: Session, staff_id: str) -> bool:
    """Whether the person may sign in with one."""
    return session.exec(select(Passkey.id).where(Passkey.staff_id == staff_id)).first() is not None


def replace_recovery_codes(session: Session, staff_id: str, codes: list[str], now: datetime) -> None:
    """These count from now on, and no older one."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))
    for code in codes:
        session.add(RecoveryCode(code_hash=recovery_hash(staff_id, code), staff_id=staff_id, created_at=now))


def unused_recovery_codes(session: Session, staff_id: str) -> int:
    """How many still work."""
    unused = col(RecoveryCode.staff_id) == staff_id, col(RecoveryCode.used_at).is_(None)
    return session.exec(select(func.count()).select_from(RecoveryCode).where(*unused)).one()


def recovery_hash(staff_id: str, code: str) -> str:
    """Spaces, dashes and case do not count. No slow hash is needed: nobody can try 2**79 codes."""
    bare = "".join(c for c in code.casefold() if c.isalnum())
    return hashlib.sha256(f"{staff_id}:{bare}".encode("utf-8", "surrogatepass")).hexdigest()
