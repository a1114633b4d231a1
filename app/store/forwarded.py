"""Remembers that requests came through a proxy of which the settings know nothing: then everybody is one address."""

import logging
import threading
from typing import Literal

log = logging.getLogger("frontdesk.proxies")
Sign = Literal["none", "maybe", "proxy"]
ADVICE = (
    "Set FRONTDESK_TRUSTED_PROXIES to how many proxies stand before Frontdesk, usually 1, and have the outermost write "
    "X-Forwarded-For anew: see docs/install.md"
)


class Forwarded:
    """Safe to share by threads. Written as little as possible: it is asked at every request."""

    def __init__(self) -> None:
        self._lock, self._sign = threading.Lock(), "none"

    @property
    def sign(self) -> Sign:
        """`proxy`: from a private address, as a proxy beside us has. `maybe`: from a public one, which a proxy
        elsewhere has, or anybody who writes such headers."""
        return "proxy" if self._sign == "proxy" else "maybe" if self._sign == "maybe" else "none"

    def note(self, *, private: bool) -> None:
        """A request with forwarded headers, which count for nothing. Says so in the log once."""
        sign = "proxy" if private else "maybe"
        if self._sign in (sign, "proxy"):
            return
        with self._lock:
            if self._sign in (sign, "proxy"):
                return
            self._sign = sign
        if private:
            log.warning(
                "requests come through a proxy, but FRONTDESK_TRUSTED_PROXIES is 0: everybody counts as one address, "
                "and 30 wrong tries to sign in shut out all new browsers for 15 minutes. %s",
                ADVICE,
            )
