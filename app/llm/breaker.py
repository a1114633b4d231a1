"""Leaves a model server alone for a while after it failed several times in a row, so that patients do not wait for what
will not come. Then one call tries it; the rest follow when that one succeeds."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES = 4
"""In a row, before the server is left alone."""
FIRST_REST_S = 15.0
LONGEST_REST_S = 300.0
PROBE_LEASE_S = 60.0
"""A trying call that never reported is forgotten after this."""


@dataclass
class Breaker:
    """Of one server. Safe to use from many threads. `now` counts seconds and never goes back."""

    now: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    _in_a_row: int = 0
    _rests: int = 0
    _until: float | None = None
    """Set while it is left alone, and until a trying call has succeeded."""
    _probing_since: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def resting(self) -> bool:
        """Whether the server is being left alone, or tried by one call."""
        return self._until is not None

    def enter(self) -> bool:
        """Whether a call may go out now. After True, report `succeeded`, `failed` or `left` exactly once."""
        with self._lock:
            if self._until is None:
                return True
            now = self.now()
            lost = self._probing_since is not None and now - self._probing_since > PROBE_LEASE_S
            if now < self._until or (self._probing_since is not None and not lost):
                return False
            self._probing_since = now
            return True

    def succeeded(self) -> None:
        """The server answered; whether the answer is of use is not asked here."""
        with self._lock:
            self._in_a_row = self._rests = 0
            self._until = self._probing_since = None

    def failed(self) -> None:
        """The server could not be reached, was late, broke, or refused everybody."""
        with self._lock:
            self._in_a_row += 1
            if self._until is not None and self._probing_since is None:
                return  # it left before the rest began: many at once are one fault, not a reason to rest longer
            if self._probing_since is not None or self._in_a_row >= FAILURES:
                self._rest(min(LONGEST_REST_S, FIRST_REST_S * 2**self._rests))

    def left(self) -> None:
        """The call ended and says nothing about the server."""
        with self._lock:
            self._probing_since = None

    def rest(self, seconds: float) -> None:
        """The server asked to be left alone for that long."""
        with self._lock:
            self._in_a_row += 1
            self._rest(min(LONGEST_REST_S, seconds))

    def _rest(self, seconds: float) -> None:
        self._rests = min(self._rests + 1, 10)
        self._until = self.now() + seconds * (0.8 + 0.4 * self.jitter())
        self._probing_since = None
