"""Counts tries to sign in before any password is hashed, in the database: a restart gives nobody new tries."""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from app.clock import new_id
from app.desk import Desk
from app.errors import TooMany
from app.store.tables import KnownPlace, SignInAttempt

WINDOW = timedelta(minutes=15)
DAY = timedelta(hours=24)
PER_PAIR = 5
"""For one e-mail from one address."""
PER_ADDRESS = 30
PER_ACCOUNT = 30
"""For one e-mail from everywhere, but for places where the person got in lately: else strangers could lock them out."""
CODES = 5
"""Wrong codes of one person, from everywhere. Only someone with the right password gets so far."""
CODES_A_DAY = 20
LINKS = 20
"""Links that open nothing, from one place. They cannot be guessed; this bounds what trying costs the desk."""
KNOWN_FOR = timedelta(days=30)
AHEAD = timedelta(minutes=1)
"""Counts from further in the future were made before the clock was set back; they must not shut anybody out."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` counts under `key` within `window`."""

    key: str
    most: int
    window: timedelta


def attempt(desk: Desk, email: str, address: str, device: str = "") -> None:
    """Counts one try; `device` is the secret of the browser, "" for none. Raises TooMany when a limit was reached
    already; then nothing is written."""
    now = desk.clock()
    with desk.database.read() as session:
        limits = _limits(desk, session, email, address, device, now)
        refuse_if_full(session, limits, now)

    def work(session: Session) -> None:
        refuse_if_full(session, limits, now)  # of tries at the same moment only as many as are left get through
        count(session, limits, now)

    desk.database.write(work)


def forgive(desk: Desk, session: Session, staff_id: str, email: str, address: str, device: str = "") -> None:
    """A person is in: their tries count no more, under any key, and place and browser are known. In a browser that was
    known before, their tries are those of the browser; those of the place may be a stranger's."""
    now, known = desk.clock(), _key(desk, "device", email, device)
    own = bool(device) and _is_known(session, known, now)
    key = _key(desk, "browser", email, device) if own else _key(desk, "pair", email, place_of(address))
    if device:
        session.merge(KnownPlace(key=known, staff_id=staff_id, at=now))
    mine = select(SignInAttempt.attempt_id).where(SignInAttempt.key == key)
    session.exec(delete(SignInAttempt).where(col(SignInAttempt.attempt_id).in_(mine)))
    session.exec(delete(KnownPlace).where(col(KnownPlace.at) <= now - KNOWN_FOR))
    session.merge(KnownPlace(key=_key(desk, "place", email, place_of(address)), staff_id=staff_id, at=now))


def code_limits(desk: Desk, staff_id: str) -> list[Limit]:
    """How many wrong codes a person may give."""
    key = _key(desk, "code", staff_id)
    return [Limit(key, CODES, WINDOW), Limit(key, CODES_A_DAY, DAY)]


def link_limits(desk: Desk, address: str) -> list[Limit]:
    """How many links that open nothing a place may bring."""
    return [Limit(_key(desk, "link", place_of(address)), LINKS, WINDOW)]


def passkey_limits(desk: Desk, address: str) -> list[Limit]:
    """How many passkeys that are not right a place may show. One that is right counts nothing."""
    return [Limit(_key(desk, "passkey", place_of(address)), PER_ADDRESS, WINDOW)]


def forget_codes(desk: Desk, session: Session, staff_id: str) -> None:
    """A right code, or a new factor: wrong ones from before count no more."""
    session.exec(delete(SignInAttempt).where(col(SignInAttempt.key) == _key(desk, "code", staff_id)))


def count(session: Session, limits: Sequence[Limit], now: datetime) -> None:
    """One count under each key; counts that matter to no limit any more are thrown away."""
    stale = (col(SignInAttempt.at) <= now - DAY) | (col(SignInAttempt.at) > now + AHEAD)
    session.exec(delete(SignInAttempt).where(stale))
    attempt_id = new_id("try")
    for key in {limit.key for limit in limits}:
        session.add(SignInAttempt(attempt_id=attempt_id, key=key, at=now))


def refuse_if_full(session: Session, limits: Sequence[Limit], now: datetime) -> None:
    """Raises TooMany with the longest wait."""
    waits = [wait for limit in limits if (wait := _wait(session, limit, now))]
    if waits:
        raise _too_many(max(waits))


def place_of(address: str) -> str:
    """What one household or office has: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _limits(desk: Desk, session: Session, email: str, address: str, device: str, now: datetime) -> list[Limit]:
    """A browser in which this person got in lately has tries of its own, whatever others do at its address: behind a
    proxy or in a clinic's network, one stranger would lock everybody out."""
    if device and _is_known(session, _key(desk, "device", email, device), now):
        return [Limit(_key(desk, "browser", email, device), PER_PAIR, WINDOW)]
    place = place_of(address)
    limits = [
        Limit(_key(desk, "pair", email, place), PER_PAIR, WINDOW),
        Limit(_key(desk, "address", place), PER_ADDRESS, WINDOW),
    ]
    if not _is_known(session, _key(desk, "place", email, place), now):
        limits.append(Limit(_key(desk, "account", email), PER_ACCOUNT, WINDOW))
    return limits


def _is_known(session: Session, key: str, now: datetime) -> bool:
    known = session.get(KnownPlace, key)
    return known is not None and known.at > now - KNOWN_FOR


def confirm_limits(desk: Desk, staff_id: str) -> list[Limit]:
    """How often a signed-in person may mistype their password, wherever they sit: nobody else can use these up."""
    return [Limit(_key(desk, "confirm", staff_id), PER_PAIR, WINDOW)]


def forget_confirms(desk: Desk, session: Session, staff_id: str) -> None:
    """The password was right: wrong ones from before count no more."""
    session.exec(delete(SignInAttempt).where(col(SignInAttempt.key) == _key(desk, "confirm", staff_id)))


def _wait(session: Session, limit: Limit, now: datetime) -> timedelta | None:
    at = col(SignInAttempt.at)
    lately = at > now - limit.window, at <= now + AHEAD
    query = select(SignInAttempt.at).where(SignInAttempt.key == limit.key, *lately).order_by(at.desc())
    found = session.exec(query.limit(limit.most)).all()
    return found[-1] + limit.window - now if len(found) == limit.most else None


def _key(desk: Desk, kind: str, *values: str) -> str:
    """A keyed hash: people type passwords into the wrong field, and addresses are nobody's business for a day."""
    text = "\0".join((kind, *values)).encode("utf-8", "surrogatepass")
    return hmac.new(desk.keys.derive("sign-in-throttle"), text, hashlib.sha256).hexdigest()


def _too_many(wait: timedelta) -> TooMany:
    seconds = max(1, round(wait.total_seconds()))
    minutes = -(-seconds // 60)
    hours = -(-minutes // 60)
    told = f"{hours} hours" if minutes > 90 else f"{minutes} minute{'' if minutes == 1 else 's'}"
    return TooMany(f"Too many sign-in attempts. Please try again in {told}.", seconds)
