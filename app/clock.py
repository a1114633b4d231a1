"""Time and identity: the only places that ask the system for either."""

import base64
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock(offset_s: float = 0.0) -> Clock:
    """A clock that returns aware UTC, shifted by `offset_s` seconds (for tests of long waits)."""
    shift = timedelta(seconds=offset_s)
    return lambda: datetime.now(UTC) + shift


def day_in(timezone: str, moment: datetime) -> date:
    """The calendar day of a moment there; `timezone` is an IANA name, as that of a clinic."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def new_id(prefix: str) -> str:
    """`prefix_` and 128 random bits in 26 lower-case letters and digits, for example `conv_2k...`."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}"
