"""What a referral and its mail cost: processor time and statements, in one process without the web, so that a busy
machine changes them less than times."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app.usecases.submit_contact import submit_contact
from scripts.benchmarks.load import FIELDS
from scripts.benchmarks.table import Figure
from tests.desk import Talk, desk_at_rest, make_clinic

WARM = 10
WRITER = "database-writer"


def measure(folder: Path, number: int = 60) -> list[Figure]:
    """`number` referrals one after another, then their mails (into the mail folder)."""
    with desk_at_rest(folder) as running:
        clinic = make_clinic(running)
        talks = [Talk(running, clinic).opened.conversation_id for _ in range(WARM + number)]

        def submit(place: int) -> None:
            slots = FIELDS | {"contact": f"rosa.{place}@mail.example"}  # no two say the same
            submit_contact(running.desk, clinic, talks[place], secrets.token_hex(8), "referral", slots)

        for place in range(WARM):
            submit(place)
        running.worker.drain(["deliver"])
        engine = running.desk.database.engine
        referrals = _cost(engine, "a referral", number, lambda: [submit(WARM + one) for one in range(number)])
        mails = _cost(engine, "its mail", number, lambda: running.worker.drain(["deliver"]))
        return [*referrals, *mails]


def _cost(engine: Any, name: str, number: int, work: Callable[[], object]) -> list[Figure]:
    asked: Counter[bool] = Counter()

    def count(*_: Any) -> None:
        asked[threading.current_thread().name == WRITER] += 1

    event.listen(engine, "before_cursor_execute", count)
    own, all_threads = time.thread_time(), time.process_time()
    work()
    own, all_threads = time.thread_time() - own, time.process_time() - all_threads
    event.remove(engine, "before_cursor_execute", count)
    return [
        Figure(f"{name}: processor time", "ms", [all_threads * 1000 / number]),
        Figure(f"{name}: of it while nobody else may write", "ms", [(all_threads - own) * 1000 / number]),
        Figure(f"{name}: statements, reading", "count", [asked[False] / number]),
        Figure(f"{name}: statements, writing", "count", [asked[True] / number]),
    ]
