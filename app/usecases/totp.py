"""Codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds): what every such app can do."""

import hmac
from datetime import datetime, timedelta

import pyotp

from app.desk import Desk

STEP_S = 30
LATE_STEPS = 1
"""A code counts for one step before and after its own: phones' clocks differ, and people type slowly."""
ISSUER = "Frontdesk"


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def setup_uri(secret: str, email: str) -> str:
    """What the QR code says: `otpauth://totp/...`."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)


def phone_time(desk: Desk) -> datetime:
    """What a phone's clock shows: a desk whose clock a test has moved does not move people's phones."""
    return desk.clock() - timedelta(seconds=desk.settings.clock_offset_s)


def step_at(at: datetime) -> int:
    """The number of the 30-second step."""
    return int(at.timestamp()) // STEP_S


def code_of(secret: str, step: int) -> str:
    """The six digits of one step."""
    return pyotp.TOTP(secret, interval=STEP_S).generate_otp(step)


def matching_step(secret: str, given: str, now: int) -> int | None:
    """The newest step around `now` whose code was given, None when there is none. Spaces do not count."""
    digits = "".join(given.split()).encode("utf-8", "surrogatepass")
    found = None
    for step in range(now - LATE_STEPS, now + LATE_STEPS + 1):
        if hmac.compare_digest(code_of(secret, step).encode(), digits):
            found = step
    return found
