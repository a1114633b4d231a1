"""check_code: the second factor is shown, counts once, and cannot be guessed."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from app.desk import Desk
from app.errors import NotSignedIn
from app.store.audit import Actor, record
from app.store.second_factors import confirmed, recovery_hash, unseal_secret
from app.store.tables import RecoveryCode, SecondFactor
from app.usecases.sign_in_throttle import code_limits, count, forget_codes, refuse_if_full
from app.usecases.totp import matching_step, phone_time, step_at

Verdict = Literal["app", "recovery", "used", "wrong"]


def check_code(desk: Desk, staff_id: str, given: str) -> Verdict:
    """Spends the code. One transaction judges and remembers, so of two requests with one code only one gets in.
    Returns `app` or `recovery`. Raises TooMany before a code is looked at, NotSignedIn otherwise."""
    now, limits = desk.clock(), code_limits(desk, staff_id)

    def work(session: Session) -> Verdict:
        refuse_if_full(session, limits, now)
        verdict = _judge(desk, session, staff_id, given, now)
        if verdict in ("used", "wrong"):
            count(session, limits, now)
            record(session, now, Actor("desk"), "code_refused", ("staff", staff_id), None)
        else:
            forget_codes(desk, session, staff_id)
        return verdict

    verdict = desk.database.write(work)
    if verdict == "used":
        raise NotSignedIn("That code was used already.", "Wait for the next one, half a minute.", code="code_used")
    if verdict == "wrong":
        raise NotSignedIn("The code is not right.", "Type the newest one that the app shows.", code="wrong_code")
    return verdict


def _judge(desk: Desk, session: Session, staff_id: str, given: str, now: datetime) -> Verdict:
    factor = confirmed(session, staff_id)
    if factor is None:
        return "wrong"
    step = matching_step(unseal_secret(desk.keys, factor), given, step_at(phone_time(desk)))
    if step is not None:
        return _spend_step(session, factor, step)
    row = session.get(RecoveryCode, recovery_hash(staff_id, given))
    if row is None or row.used_at is not None:
        return "wrong" if row is None else "used"
    row.used_at = now
    session.add(row)
    record(session, now, Actor("staff", staff_id), "used_recovery_code", ("staff", staff_id), None)
    return "recovery"


def _spend_step(session: Session, factor: SecondFactor, step: int) -> Verdict:
    if step <= factor.last_step:
        return "used"
    factor.last_step = step
    session.add(factor)
    return "app"
