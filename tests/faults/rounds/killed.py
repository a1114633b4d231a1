"""Rounds in which the server is ended without notice: at random moments, and at chosen system calls."""

from pathlib import Path

from tests.faults.killing import die_at, kill_at_random, kill_while_starting
from tests.faults.mail_faults import AMBIGUOUS, PASSING
from tests.faults.oracle import MAIL_WITHIN_S, Verdict
from tests.faults.rounds.ending import SENDERS, Round, a_round

EARLY = 0.15
"""The share of kills that strike while the server starts."""
CALLS = {"fsync,fdatasync": 20, "pwrite64": 600, "sendto": 30, "write": 40}
"""Where durability is made: the sync of a commit and a page of the log; a word to the mail server; an answer to the
patient. Each with the highest count at which the server dies."""


def kills(folder: Path, seed: int, count: int = 3, acknowledged: int = 0, ambiguous_wait_s: float = 2) -> Verdict:
    """`count` times kill -9 at a random moment, while the mail server changes its faults; then goes on without, until
    so many are acknowledged."""
    with a_round(folder, seed, settings=[("OUTBOX_AMBIGUOUS_WAIT_S", ambiguous_wait_s)]) as round_:
        install, faults = round_.install, {**PASSING, **AMBIGUOUS}
        install.load.start(SENDERS)
        for _ in range(count):
            broken = install.chance.random() < 0.5
            install.misbehave(faults[install.chance.choice(sorted(faults))] if broken else {})
            if install.chance.random() < EARLY:
                kill_at_random(install, 2.0)
                kill_while_starting(install, 4.0)
            else:
                install.wait_for_acknowledged(5)
                kill_at_random(install, 4.0)
            install.start()
            round_.look()
        return _finish(round_, "kills", acknowledged, ambiguous_wait_s)


def writes(folder: Path, seed: int, count: int = 3, acknowledged: int = 0) -> Verdict:
    """`count` times the server dies as it enters a system call chosen by chance."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS)
        for _ in range(count):
            install.wait_for_acknowledged(3)
            calls = install.chance.choice(sorted(CALLS))
            number = install.chance.randint(1, CALLS[calls])
            round_.expect(die_at(install, calls, number), f"the server outlived {calls} number {number}")
            install.start()
            round_.look()
        return _finish(round_, "writes", acknowledged, 2)


def _finish(round_: Round, name: str, acknowledged: int, ambiguous_wait_s: float) -> Verdict:
    install = round_.install
    install.misbehave({})
    install.wait_for_acknowledged(max(5, acknowledged - len(install.journal.done())), 900)
    return round_.judged(name, wait_s=MAIL_WITHIN_S + ambiguous_wait_s)
