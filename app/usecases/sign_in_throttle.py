"""Counts sign-in attempts before any password is hashed, so that guessing is slow and cannot keep the machine busy."""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from app.errors import TooMany

WINDOW = timedelta(minutes=15)
PER_PAIR = 5
"""For one e-mail from one address. Not for an e-mail alone: then a stranger could lock a person out."""
PER_ADDRESS = 30
MOST_KEYS = 20_000


class SignInThrottle:
    """Attempts of the last 15 minutes, in memory: per e-mail and address, and per address. Safe across threads."""

    def __init__(self) -> None:
        self._attempts: OrderedDict[tuple[str, ...], deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, email: str, address: str, now: datetime) -> None:
        """Counts one attempt. Raises TooMany when the limit was reached already."""
        with self._lock:
            limits = (((address, email), PER_PAIR), ((address,), PER_ADDRESS))
            for key, limit in limits:
                recent = self._recent(key, now)
                if len(recent) >= limit:
                    raise _too_many(recent[0] + WINDOW - now)
            for key, _ in limits:
                self._recent(key, now).append(now)
            while len(self._attempts) > MOST_KEYS:
                self._attempts.popitem(last=False)

    def succeeded(self, email: str, address: str) -> None:
        """Forgets the attempts of a person who is in; the address keeps the count of its failures."""
        with self._lock:
            self._attempts.pop((address, email), None)
            if mine := self._attempts.get((address,)):
                mine.pop()

    def _recent(self, key: tuple[str, ...], now: datetime) -> deque[datetime]:
        recent = self._attempts.setdefault(key, deque())
        self._attempts.move_to_end(key)
        while recent and recent[0] <= now - WINDOW:
            recent.popleft()
        return recent


def _too_many(wait: timedelta) -> TooMany:
    seconds = max(1, round(wait.total_seconds()))
    minutes = -(-seconds // 60)
    plural = "" if minutes == 1 else "s"
    return TooMany(f"Too many sign-in attempts. Please try again in {minutes} minute{plural}.", seconds)
