"""The dashboard's one cookie: the secret of the session, out of reach of scripts and of other sites."""

from litestar.datastructures import Cookie

from app.desk import Desk
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
