"""A clock that jumps must neither lose a notice nor send a storm of them."""

from app.errors import Transient
from app.jobs import clocks
from tests.jobs.queues import POLICY, Queue

HOUR = 3600.0


def mend(queue: Queue) -> int:
    with queue.database.read() as session:
        if not clocks.needs_mending(session, queue.now):
            return 0
    return queue.database.write(lambda s: clocks.mend_waits(s, queue.now))


def test_a_clock_that_goes_back_does_not_put_a_notice_off_by_hours(queue: Queue) -> None:
    """The machine came up five hours ahead, a try failed, the time server put it right: the notice would have been
    due in five hours."""
    queue.put()
    queue.later(5 * HOUR)
    queue.put()
    for _ in range(2):
        queue.fail(queue.must_claim(), Transient("451 busy"))
    queue.later(-5 * HOUR)
    assert mend(queue) == 2
    assert mend(queue) == 0
    for _ in range(2):
        queue.later(POLICY.base_s)
        queue.finish(queue.must_claim())


def test_the_long_wait_keeps_its_length(queue: Queue) -> None:
    """Putting it off by nothing would make the copy that it was to spare."""
    queue.put()
    queue.fail(queue.must_claim(), Transient("reply lost", ambiguous=True))
    queue.later(-2 * HOUR)
    mend(queue)
    assert queue.later(89).claim() is None
    assert queue.later(6).claim() is not None


def test_a_route_is_probed_again_within_a_minute(queue: Queue) -> None:
    """The breaker has a time of its own."""
    queue.put()
    for _ in range(4):
        queue.fail(queue.must_claim(), Transient("refused", scope="route"))
        queue.later(POLICY.cap_s)
    queue.later(-20 * HOUR)
    mend(queue)
    assert queue.later(POLICY.cap_s).claim() is not None


def test_a_lease_of_the_future_ends(queue: Queue) -> None:
    """A worker thread that is gone would hold its job until the wrong time has come."""
    queue.put()
    queue.must_claim()
    queue.later(-9 * HOUR)
    mend(queue)
    assert queue.later(180).claim("b") is not None


def test_a_second_of_correction_changes_nothing(queue: Queue) -> None:
    """Time servers correct all day long."""
    queue.put()
    queue.later(-2)
    assert mend(queue) == 0


def test_a_jump_ahead_makes_due_but_never_more_in_flight(queue: Queue) -> None:
    """Everything comes due at once: it must leave in the usual order, few at a time."""
    for _ in range(50):
        queue.put()
    for _ in range(3):
        queue.fail(queue.must_claim(), Transient("451 busy"))
    queue.later(6 * HOUR)
    flying = [claimed for n in range(10) if (claimed := queue.claim(f"w{n}")) is not None]
    assert len(flying) == 3
    assert all(queue.job(one.id).state == "pending" for one in flying)
