"""The queue's work does not grow with the jobs that are done: those stay for a month, and everybody who waits for a
reply would wait for them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from app.errors import Operator, Transient
from app.jobs import clocks, queue
from app.store.session import Database
from app.store.tables import Job
from tests.jobs.queues import LEASE, NOON, POLICY, queue_on_disk

KINDS = ["deliver"]


def done_before(database: Database, count: int) -> None:
    """So many mails were sent yesterday."""
    then = NOON - timedelta(days=1)
    facts: dict[str, Any] = {
        "clinic_id": "clinic_1",
        "kind": "deliver",
        "route": "email",
        "payload": {"notice_id": "n"},
    }
    facts |= {"state": "done", "due_at": then, "set_at": then, "created_at": then, "finished_at": then}
    database.write(lambda s: s.add_all([Job(**facts) for _ in range(count)]))


def steps(database: Database, work: Callable[[Session], object]) -> int:
    """Instructions that SQLite carries out for `work`."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    def watch(connection: Any, on: bool) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count if on else None, 1)

    def begin(connection: Any) -> None:
        watch(connection, True)

    event.listen(database.engine, "begin", begin)
    try:
        database.write(work)
    finally:
        event.remove(database.engine, "begin", begin)
        database.write(lambda s: watch(s.connection(), False))
    return counted[0]


def goes_down(session: Session, error: Transient | Operator) -> None:
    """The mail server fails for one job while another one waits."""
    for _ in range(2):
        queue.enqueue(session, "deliver", {"notice_id": "n"}, "clinic_1", NOON, route="email")
    claimed = queue.claim(session, KINDS, "a", NOON, LEASE)
    assert claimed is not None
    queue.fail(session, claimed, error, NOON, POLICY)


WORKS: dict[str, Callable[[Session], object]] = {
    "looking for a job": lambda s: queue.anything_due(s, KINDS, NOON),
    "taking one": lambda s: queue.claim(s, KINDS, "b", NOON, LEASE),
    "moving along": lambda s: queue.move_along(s, POLICY),
    "mending waits": lambda s: clocks.mend_waits(s, NOON),
    "starting": lambda s: queue.release_all(s, NOON, POLICY),
}


@pytest.mark.parametrize("trouble", [None, Transient("down"), Operator("log-in")], ids=["none", "down", "held"])
def test_done_jobs_cost_nothing(tmp_path: Path, trouble: Transient | Operator | None) -> None:
    """Of 2,000 done ones it looks at none."""
    with queue_on_disk(tmp_path) as made:
        database = made.database
        if trouble is None:
            database.write(lambda s: queue.enqueue(s, "deliver", {"notice_id": "n"}, "clinic_1", NOON, route="email"))
        else:
            database.write(lambda s: goes_down(s, trouble))
        few = {name: steps(database, rolled_back(work)) for name, work in WORKS.items()}
        done_before(database, 2_000)
        many = {name: steps(database, rolled_back(work)) for name, work in WORKS.items()}
    assert min(few.values()) > 0
    assert {name: count for name, count in many.items() if count > few[name] + 500} == {}


def rolled_back(work: Callable[[Session], object]) -> Callable[[Session], None]:
    """So that the second time finds what the first one found."""

    def tried(session: Session) -> None:
        inner = session.begin_nested()
        work(session)
        session.flush()
        inner.rollback()

    return tried
