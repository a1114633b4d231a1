"""A gate that readers pass freely, and that closes for the moment in which the database's file is exchanged."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Unavailable

PATIENCE_S = 20.0


class Gate:
    """Safe to share by threads. Whoever is inside may enter again while others wait outside."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._turn = threading.Condition()
        self._inside = 0
        self._shut = False
        self._mine = threading.local()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Waits until the gate is open. Raises Unavailable when that takes too long."""
        depth = getattr(self._mine, "depth", 0)
        with self._turn:
            if not depth and not self._turn.wait_for(lambda: not self._shut, self._patience_s):
                raise Unavailable("This cannot be looked up right now.", "Please try again in a moment.")
            self._inside += 1
        self._mine.depth = depth + 1
        try:
            yield
        finally:
            self._mine.depth = depth
            with self._turn:
                self._inside -= 1
                self._turn.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Nobody is inside meanwhile. Raises Unavailable when somebody stays inside too long; the gate is then open."""
        with self._turn:
            self._shut = True
            if not self._turn.wait_for(lambda: not self._inside, self._patience_s):
                self._shut = False
                self._turn.notify_all()
                raise Unavailable("Somebody reads for too long.", "Try again in a moment.")
        try:
            yield
        finally:
            with self._turn:
                self._shut = False
                self._turn.notify_all()
