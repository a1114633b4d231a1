"""The threads around the queue: slow ways out, storage that fails at the end, a thread that outlives everything."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from app.errors import Operator, Transient, Unavailable
from app.jobs import worker as workers
from app.jobs.queue import Claimed, Moved
from app.jobs.worker import Handler, Lane, Worker
from tests.jobs.queues import POLICY, Queue, queue_on_disk
from tests.server import wait_for


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with queue_on_disk(tmp_path) as made:
        yield made


@contextmanager
def working(queue: Queue, run, threads: int = 4) -> Iterator[Worker]:
    """A worker on the real clock."""
    queue.now = datetime.now(UTC)
    handler = Handler(run, lambda *_: None)
    worker = Worker(
        queue.database, lambda: datetime.now(UTC), {"deliver": handler}, [Lane(("deliver",), threads)], POLICY
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(5)


def test_webhooks_that_hang_do_not_keep_the_mail_waiting(queue: Queue) -> None:
    """Eight clinics' webhooks hang at once; the ninth clinic's mail leaves within a second or two."""
    release, sent = threading.Event(), threading.Event()

    def run(job: Claimed) -> None:
        if job.route == "email":
            sent.set()
        else:
            release.wait(30)

    for number in range(8):
        queue.put(f"webhook:dest_{number}")
    with working(queue, run):
        wait_for("two that hang", lambda: sum(job.lease_holder is not None for job in queue.jobs()) == 2)
        queue.now = datetime.now(UTC)
        queue.put("email")
        try:
            assert sent.wait(60)
        finally:
            release.set()
        wait_for("all done", lambda: {job.state for job in queue.jobs()} == {"done"})


def test_never_more_than_four_in_flight(queue: Queue) -> None:
    """What a crash may send twice is bounded by it."""
    flying, most, lock, enough = 0, 0, threading.Lock(), threading.Event()

    def run(job: Claimed) -> None:
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
            if flying == 3:
                enough.set()
        assert enough.wait(60), "they never met"
        threading.Event().wait(0.02)
        with lock:
            flying -= 1

    for number in range(30):
        queue.put("email")
        queue.put(f"slack:dest_{number}")
    with working(queue, run):
        wait_for("all done", lambda: {job.state for job in queue.jobs()} == {"done"})
    assert 3 <= most <= 4


def test_an_ending_that_storage_refuses_is_written_down_later(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk was full for a moment just after the mail server took the mail: sending it again would be a copy."""
    tries: list[str] = []
    real, refused = queue.database.write, threading.Event()

    def write(work):
        if tries and not refused.is_set():
            refused.set()
            raise Unavailable("the disk is full")
        return real(work)

    queue.put()
    monkeypatch.setattr(workers, "LOOK_S", 0.05)
    monkeypatch.setattr(queue.database, "write", write)
    with working(queue, lambda job: tries.append(job.id)):
        wait_for("done", lambda: queue.job().state == "done")
    assert refused.is_set()
    assert len(tries) == 1


def test_a_handler_that_breaks_delays_its_job_and_stops_no_thread(queue: Queue) -> None:
    """One notice with a bug in it must not end the delivery of all others."""

    def run(job: Claimed) -> None:
        if job.payload["n"] == 1 and job.attempt == 1:
            raise KeyError("bug")

    with working(queue, run, threads=1):
        queue.put()
        wait_for("done", lambda: queue.job().state == "done")
    assert queue.job().attempts == 2


def test_what_a_route_decides_reaches_the_handler(queue: Queue) -> None:
    """The inbox shows the state of each notice, also of those that were held without a try."""
    seen: list[Moved] = []
    queue.now = datetime.now(UTC)
    first = queue.put()
    queue.fail(queue.must_claim(), Operator("535 bad password"))
    second = queue.put()
    handler = Handler(lambda _: None, lambda *_: None, lambda _session, moved: seen.append(moved))
    worker = Worker(queue.database, lambda: datetime.now(UTC), {"deliver": handler}, [], POLICY)
    worker.tidy()
    assert [(one.id, one.state, one.error) for one in seen] == [(second, "held", "535 bad password")]
    assert queue.job(first).state == "held"


def test_failures_tell_the_handler_in_the_same_commit(queue: Queue) -> None:
    """A dead job whose notice still says pending would be shown nowhere."""
    told: list[str] = []

    def run(job: Claimed) -> None:
        raise Transient("451 busy")

    def failed(session: Session, job: Claimed, error, state: str) -> None:
        told.append(state)

    queue.now = datetime.now(UTC)
    queue.put()
    handlers = {"deliver": Handler(run, failed)}
    Worker(queue.database, lambda: datetime.now(UTC), handlers, [], POLICY).drain(["deliver"])
    assert told == ["pending"]
