"""The dashboard's cookies, out of reach of scripts and of other sites: the secret of the session, and one by which a
browser is known again, so that strangers at its address cannot lock its people out."""

import hashlib
import hmac
import re
import secrets

from litestar.datastructures import Cookie

from app.desk import Desk
from app.usecases.sign_in_throttle import KNOWN_FOR
from app.web.staff_access import cookie_name


def session_cookie(desk: Desk, secret: str) -> Cookie:
    """Lasts as long as the browser is open; the desk ends the session by itself before that if it must."""
    # Lax, not Strict: the link in a notice, opened from a mail site, must find the coordinator signed in.
    secure = desk.settings.url.startswith("https:")
    return Cookie(key=cookie_name(desk), value=secret, path="/", httponly=True, secure=secure, samesite="lax")


def no_cookie(desk: Desk) -> Cookie:
    """Makes the browser forget it."""
    gone = session_cookie(desk, "")
    gone.max_age = 0
    return gone


def device_cookie_name(desk: Desk) -> str:
    """Beside the session's."""
    return f"{cookie_name(desk)}-device"


def new_device() -> str:
    """256 random bits. It opens nothing: it gives tries to sign in of its own."""
    return secrets.token_urlsafe(32)


def device_of(desk: Desk, brought: str) -> str:
    """What the browser brought, "" for what we did not make: nobody can have chosen it for them."""
    device, _, seal = brought.partition("~")
    good = re.fullmatch(r"[A-Za-z0-9_-]{43}", device) and hmac.compare_digest(
        _seal(desk, device).encode(), seal.encode()
    )
    return device if good else ""


def device_cookie(desk: Desk, device: str) -> Cookie:
    """Kept as long as the desk remembers it."""
    kept = session_cookie(desk, f"{device}~{_seal(desk, device)}")
    kept.key, kept.max_age = device_cookie_name(desk), int(KNOWN_FOR.total_seconds())
    return kept


def _seal(desk: Desk, device: str) -> str:
    return hmac.new(desk.keys.derive("device-cookie"), device.encode(), hashlib.sha256).hexdigest()
