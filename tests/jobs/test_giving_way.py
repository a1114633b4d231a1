"""Patients before mails: while requests pile up, mails begin slowly; emergencies do not wait, nothing waits long."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.jobs import giving_way
from app.jobs.giving_way import APART_S, CALM_S, MANY, WAITS, Pace, Rush
from app.jobs.queue import Claimed
from app.jobs.worker import Handler, Lane, Worker
from tests.jobs.queues import POLICY, Queue, queue_on_disk
from tests.server import wait_for


class Seconds:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with queue_on_disk(tmp_path) as made:
        yield made


def test_a_few_requests_at_once_are_no_rush(seconds: Seconds) -> None:
    """A clinic with a handful of visitors gets its mails as fast as ever."""
    rush = Rush(seconds)
    with ExitStack() as open_requests:
        for _ in range(MANY - 1):
            open_requests.enter_context(rush.request())
        seconds.now += 60
        assert not rush.on()
        with rush.request():
            assert rush.on()
    assert rush.on()  # between two requests of a rush there may be none
    seconds.now += CALM_S
    assert not rush.on()


def test_a_rush_goes_on_for_as_long_as_requests_are_open(seconds: Seconds) -> None:
    """Slow requests are still requests."""
    rush = Rush(seconds)
    with ExitStack() as open_requests:
        for _ in range(MANY):
            open_requests.enter_context(rush.request())
        seconds.now += 10 * CALM_S
        assert rush.on()
    seconds.now += CALM_S
    assert not rush.on()


def test_in_a_rush_one_begins_each_second(seconds: Seconds) -> None:
    """However long it lasts, mails keep going out."""
    rushing = True
    pace = Pace(lambda: rushing, seconds)
    assert not pace.waits()
    pace.began()
    assert pace.waits() == WAITS
    seconds.now += APART_S
    assert not pace.waits()
    pace.began()
    rushing = False
    assert not pace.waits()


def test_what_gives_way_waits_a_minute_and_an_emergency_not_at_all(queue: Queue) -> None:
    """Half of the two minutes within which a notice is promised."""
    plain, urgent = queue.put(), queue.put(ahead=True)
    claimed = queue.claim(waited=WAITS)
    assert claimed is not None
    assert claimed.id == urgent
    queue.finish(claimed)
    assert queue.claim(waited=WAITS) is None
    claimed = queue.later(WAITS.total_seconds()).claim(waited=WAITS)
    assert claimed is not None
    assert claimed.id == plain


def test_the_worker_gives_way_until_the_rush_is_over(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The emergency goes out in the middle of it, the mails afterwards, without anybody waking the worker."""
    monkeypatch.setattr(giving_way, "APART_S", 3600.0)
    rushing = True
    done: list[str] = []

    def run(job: Claimed) -> None:
        done.append(job.id)

    queue.now = datetime.now(UTC)
    mails, urgent = [queue.put() for _ in range(5)], queue.put(ahead=True)
    lane = Lane(("deliver",), 4, gives_way=True)
    handlers = {"deliver": Handler(run, lambda *_: None)}
    worker = Worker(queue.database, lambda: datetime.now(UTC), handlers, [lane], POLICY, rush=lambda: rushing)
    worker.start()
    try:
        wait_for("the emergency", lambda: queue.job(urgent).state == "done")
        assert done == [urgent]
        rushing = False
        wait_for("the mails", lambda: {job.state for job in queue.jobs()} == {"done"})
    finally:
        worker.stop(5)
    assert sorted(done[1:]) == sorted(mails)
