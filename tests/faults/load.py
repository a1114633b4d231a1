"""Patients at the door: threads that submit one request after the other, over every restart of the server."""

import random
import threading
from collections.abc import Mapping

from tests.faults.journal import Journal
from tests.faults.patients import patient
from tests.faults.trying import Expired, GaveUp, Line, Refused
from tests.faults.ways import Ways

MIX: Mapping[str, float] = {"contact": 0.92, "talk": 0.04, "form": 0.04}


class Load:
    """`senders` threads between `start` and `settle`. The patients and what each does follow from `seed`; when they
    come, and which requests a fault hits, is a matter of the machine."""

    def __init__(self, url: str, site_key: str, consent: str, phone: str, journal: Journal, seed: int) -> None:
        self._url, self._site_key, self._consent, self._phone = url, site_key, consent, phone
        self._journal, self._seed = journal, seed
        self._count = 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, senders: int, mix: Mapping[str, float] = MIX, *, fresh: bool = False) -> None:
        """Begins."""
        self._pause, self._ending = threading.Event(), threading.Event()
        for _ in range(senders):
            thread = threading.Thread(target=self._serve, args=(mix, fresh), daemon=True)
            thread.start()
            self._threads.append(thread)

    def give_up(self) -> None:
        """Ends the threads, acknowledged or not; for a round that failed."""
        if self._threads:
            self.settle(0)

    def settle(self, patience_s: float = 300.0) -> None:
        """No new patient; waits until those who were at it have their acknowledgement. The rest gives up and shows
        up as a complaint."""
        self._pause.set()
        for thread in self._threads:
            thread.join(patience_s)
        self._ending.set()
        for thread in self._threads:
            thread.join(70)
        self._threads.clear()

    def _next(self) -> int:
        with self._lock:
            self._count += 1
            return self._count

    def _serve(self, mix: Mapping[str, float], fresh: bool) -> None:
        chance = random.Random(f"{self._seed}/sender/{self._next()}")
        line = Line(self._url, self._phone, self._journal, self._ending, chance, fresh=fresh)
        ways = Ways(line, self._site_key, self._consent, self._journal, chance)
        with line.http:
            while not self._pause.is_set():
                way = chance.choices(list(mix), list(mix.values()))[0]
                try:
                    ways.submit(way, patient(self._seed, self._next()))
                except Expired:
                    ways.begin_anew()
                except GaveUp:
                    self._journal.complain(f"a {way} was not acknowledged in the time after the fault")
                except Refused as problem:
                    self._journal.complain(f"a {way} was refused: {problem}")
                except Exception as problem:
                    self._journal.complain(f"a {way} ended in {type(problem).__name__}: {problem}")
