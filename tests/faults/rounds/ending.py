"""How every round ends: patients get their acknowledgement, the oracle judges, the database is looked at."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.database_file import Look
from tests.faults.install import Install, installed
from tests.faults.oracle import MAIL_WITHIN_S, Verdict, judge, look

SENDERS = 8


@dataclass
class Round:
    """A round that runs: what it works on, the looks at the database so far, and broken promises that only it sees."""

    install: Install
    looks: list[Look] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Looks at the database and its audit beside the running server."""
        self.looks.append(Look(self.install.server))
        self.looks[-1].wait()

    def expect(self, holds: bool, otherwise: str) -> None:
        """Notes a broken promise."""
        if not holds:
            self.wrong.append(otherwise)

    def judged(self, name: str, wait_s: float = MAIL_WITHIN_S, **allowed: Any) -> Verdict:
        """The verdict on the round; `allowed` as in `judge`."""
        self.install.load.settle()
        verdict = judge(self.install, name, wait_s=wait_s, **allowed)
        for one in self.looks:
            verdict.looks += 1
            if (found := one.finding()) != "ok":
                verdict.say(f"database: {found}")
        for what in self.wrong:
            verdict.say(what)
        look(self.install, verdict)
        verdict.seconds = round(time.monotonic() - self.began, 1)
        return verdict


@contextmanager
def a_round(
    folder: Path, seed: int, *, tls: bool = False, settings: Sequence[tuple[str, object]] = ()
) -> Iterator[Round]:
    """An install at work for one round."""
    began = time.monotonic()
    with installed(folder, seed, tls=tls, **dict(settings)) as install:
        yield Round(install, began=began)
