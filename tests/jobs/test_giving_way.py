"""Patients before mails: while requests pile up, mails begin slowly; emergencies do not wait, nothing waits long."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import Operator, Permanent, Transient
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


def by_itself(queue: Queue) -> float:
    """The server wants this one later."""
    queue.fail(queue.must_claim(), Transient("greylisted"))
    return 60


def with_its_route(queue: Queue) -> float:
    """Nobody listens; a minute later another notice finds out that somebody does again."""
    queue.fail(queue.must_claim(), Transient("nobody listens", scope="route"))
    probe = queue.later(61).must_claim()
    assert probe.probe
    queue.finish(probe)
    return 0


def by_the_set_up(queue: Queue) -> float:
    """A wrong password, which somebody mends."""
    queue.fail(queue.must_claim(), Operator("535", "Mend it.", scope="route"))
    queue.move()
    probe = queue.later(61).must_claim()
    assert probe.probe
    queue.finish(probe)
    return 0


def at_the_end(queue: Queue) -> float:
    """Nobody knows whether it arrived."""
    queue.fail(queue.must_claim(), Transient("no reply", ambiguous=True))
    probe = queue.later(61).must_claim()
    queue.finish(probe)
    return 100


def by_a_crash(queue: Queue) -> float:
    """The process died while it was sent."""
    queue.must_claim()
    queue.restart()
    return 91


def for_good(queue: Queue) -> float:
    """It is dead, and a person has it tried again."""
    claimed = queue.must_claim()
    queue.fail(claimed, Permanent("no such mailbox"))
    queue.retry(claimed.id)
    return 0


FAILURES = [by_itself, with_its_route, by_the_set_up, at_the_end, by_a_crash, for_good]


@pytest.mark.parametrize("failed", FAILURES, ids=lambda way: way.__name__)
def test_an_emergency_never_gives_way_also_when_it_is_tried_again(
    queue: Queue, failed: Callable[[Queue], float]
) -> None:
    """A try that failed would make a plain notice of it: behind a night's referrals, and a minute more in a rush."""
    plain = [queue.put() for _ in range(6)]
    urgent = queue.later(30).put(ahead=True)
    wait = failed(queue)
    claimed = queue.later(wait).claim(waited=WAITS)
    while claimed is not None and claimed.id != urgent and claimed.probe:
        queue.finish(claimed)
        claimed = queue.claim(waited=WAITS)
    assert claimed is not None
    assert claimed.id == urgent, f"{plain.index(claimed.id)} went first"


def test_an_emergency_that_waits_for_a_reason_of_its_own_is_not_sent_before(queue: Queue) -> None:
    """Ahead of all others is not ahead of its own time: it would be sent again and again, each time a copy."""
    queue.put(ahead=True)
    queue.fail(queue.must_claim(), Transient("greylisted", retry_after_s=300))
    assert queue.later(299).claim() is None
    assert queue.later(2).claim() is not None


def test_a_route_that_is_down_is_asked_with_the_emergency_first(queue: Queue) -> None:
    """Once a minute one notice is tried: with a hundred that wait it would be an hour until its turn."""
    for _ in range(3):
        queue.put()
    queue.fail(queue.must_claim(), Transient("nobody listens", scope="route"))
    urgent = queue.later(1).put(ahead=True)
    probe = queue.later(60).must_claim()
    assert (probe.id, probe.probe) == (urgent, True)


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
