"""Remembers signs that FRONTDESK_TRUSTED_PROXIES does not say how requests come: then everybody is one address, or
anybody can write any."""

import logging
import threading
from typing import Literal

log = logging.getLogger("frontdesk.proxies")
Sign = Literal["none", "maybe", "proxy", "direct", "few"]
"""`proxy`: forwarded headers that count for nothing, from a private address, as a proxy beside us has; `maybe`: from a
public one, which a proxy elsewhere has, or anybody who writes such headers. `direct`: a public address reached us past
the proxies that are said to stand in front; `few`: a proxy brought fewer addresses than are said to."""
_RANK: dict[Sign, int] = {"none": 0, "maybe": 1, "proxy": 2, "direct": 2, "few": 3}
"""A sign gives way to one of a higher rank only, so each is told once."""
SAID: dict[Sign, tuple[str, str]] = {
    "proxy": (
        "requests come through a proxy, but FRONTDESK_TRUSTED_PROXIES is 0: everybody counts as one address, "
        "and 30 wrong tries to sign in shut out all new browsers for 15 minutes",
        "Set FRONTDESK_TRUSTED_PROXIES to how many proxies stand before Frontdesk, usually 1, and have the outermost "
        "write X-Forwarded-For anew: see docs/install.md",
    ),
    "direct": (
        "requests from public addresses reach this server past the proxies that FRONTDESK_TRUSTED_PROXIES counts: "
        "whoever does so can give itself any address, and no limit holds",
        "Let only your proxy reach this port (FRONTDESK_HOST=127.0.0.1, or a firewall); if there is no proxy, set "
        "FRONTDESK_TRUSTED_PROXIES=0: see docs/install.md",
    ),
    "few": (
        "requests come with fewer addresses in X-Forwarded-For than FRONTDESK_TRUSTED_PROXIES says: everybody behind "
        "the same proxy counts as one address",
        "Set FRONTDESK_TRUSTED_PROXIES to how many proxies every request passes, usually 1, and have each but the "
        "outermost append to X-Forwarded-For: see docs/install.md",
    ),
}
"""What is wrong, and what helps; for the log and for doctor."""


class Forwarded:
    """Safe to share by threads. Written as little as possible: it is told at every request that has a sign."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sign: Sign = "none"

    @property
    def sign(self) -> Sign:
        """The gravest since the start."""
        return self._sign

    def note(self, sign: Sign) -> None:
        """A request that had this sign. Says so in the log once; nobody's address is in it."""
        if _RANK[sign] <= _RANK[self._sign]:
            return
        with self._lock:
            if _RANK[sign] <= _RANK[self._sign]:
                return
            self._sign = sign
        if sign in SAID:
            log.warning("%s. %s", *SAID[sign])
