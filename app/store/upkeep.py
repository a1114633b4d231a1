"""One backup or change of keys at a time: a backup must not meet the data half-way between two keys."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Conflict


class Upkeep:
    """Safe to share by threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises Conflict at once while another is at work."""
        if not self._turn.acquire(blocking=False):
            raise Conflict("Another backup or change of keys is at work.", "Wait for its end.")
        try:
            yield
        finally:
            self._turn.release()
