"""Patients before mails: while requests pile up, work that can wait a moment begins slowly. Bounded twice: some of it
begins each second all the same, and nothing waits longer than WAITS for this reason."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

WAITS = timedelta(seconds=60)
"""Half of what a notice may take into a mailbox. What is put ahead of everything (`pressing`) counts as due a day
ago at every try, so it never waits."""
APART_S = 1.0
"""While requests pile up, one job begins in this time."""
MANY = 3
"""Requests at once from which on they pile up: each takes some hundredths of a second of one interpreter."""
CALM_S = 1.0
"""Requests that pile up now and again within this time go on piling up."""


class Rush:
    """How many requests are being worked on. Safe to share by threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._in_hand = 0
        self._piled_up: float | None = None

    @contextmanager
    def request(self) -> Iterator[None]:
        """Around a request, from when it waits for a thread until it is answered."""
        with self._lock:
            self._in_hand += 1
            self._note()
        try:
            yield
        finally:
            with self._lock:
                self._note()
                self._in_hand -= 1

    def on(self) -> bool:
        """Whether requests pile up, or did a moment ago."""
        with self._lock:
            self._note()
            return self._piled_up is not None and self._monotonic() - self._piled_up < CALM_S

    def _note(self) -> None:
        if self._in_hand >= MANY:
            self._piled_up = self._monotonic()


class Pace:
    """When a job may begin. Asked and told by the database's one writer, so no two begin for one moment's leave."""

    def __init__(self, rush: Callable[[], bool], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rush, self._monotonic = rush, monotonic
        self._began: float | None = None

    def waits(self) -> timedelta:
        """How long a job must have been due to begin now: zero, or WAITS while requests pile up and another began
        within APART_S."""
        if self._began is None or self._monotonic() - self._began >= APART_S or not self._rush():
            return timedelta(0)
        return WAITS

    def began(self) -> None:
        """A job begins."""
        self._began = self._monotonic()
