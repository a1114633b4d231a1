"""Things done again and again, on one thread of their own."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.errors import describe

log = logging.getLogger("frontdesk.timetable")


@dataclass(frozen=True, slots=True)
class Entry:
    """`work` runs at start and then every `every_s` seconds; what it raises is logged and tried again next time."""

    name: str
    every_s: float
    work: Callable[[], object]


class Timetable:
    """Runs its entries between `start` and `stop`."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """One thread for each entry: a slow one must not delay the others."""
        for entry in self._entries:
            thread = threading.Thread(target=self._repeat, args=(entry,), name=f"timetable-{entry.name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout_s: float = 10.0) -> None:
        """Lets what is running end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _repeat(self, entry: Entry) -> None:
        while not self._stop.is_set():
            try:
                entry.work()
            except Exception as problem:
                log.error("%s: %s", entry.name, describe(problem))
            self._stop.wait(entry.every_s)
