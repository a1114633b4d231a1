"""Claim, lease, finish and fail: work is neither lost nor done by two."""

import random
from datetime import timedelta

import pytest

from app.errors import Operator, Permanent, Transient
from app.jobs.policy import RETRY_AFTER_MAX_S
from app.jobs.worker import LEASE as LEASE_OF_WORKER
from tests.jobs.queues import LEASE, NOON, POLICY, Queue


def test_a_leased_job_is_not_claimed_twice(queue: Queue) -> None:
    """Two workers at one notice would be two mails."""
    queue.put()
    assert queue.claim("a") is not None
    assert queue.claim("b") is None


def test_a_job_whose_worker_died_is_claimed_again(queue: Queue) -> None:
    """Without it a worker that hangs for ever would lose the referral's notice."""
    queue.put()
    queue.must_claim("a")
    assert queue.later(LEASE.total_seconds()).must_claim("b").attempt == 2


def test_what_this_process_works_on_is_not_claimed_again_whatever_the_clock_says(queue: Queue) -> None:
    """A clock that jumps ahead ends every lease while its mail is still on the way: a second copy of each."""
    first = queue.put()
    queue.must_claim("a")
    assert queue.later(6 * 3600).claim("b", running=(first,)) is None


def test_only_the_holder_can_finish(queue: Queue) -> None:
    """A slow worker whose lease ran out must not mark another's work as done."""
    queue.put()
    first = queue.must_claim("a")
    second = queue.later(LEASE.total_seconds()).must_claim("b")
    done: list[str] = []
    assert not queue.finish(first, lambda _: done.append("first"))
    assert queue.finish(second, lambda _: done.append("second"))
    assert done == ["second"]
    assert queue.job().state == "done"


def test_only_the_holder_can_fail(queue: Queue) -> None:
    """A slow worker's error must not kill a job that another is about to finish."""
    queue.put()
    first = queue.must_claim("a")
    queue.later(LEASE.total_seconds()).must_claim("b")
    assert queue.fail(first, Permanent("no")) is None
    assert queue.job().state == "pending"


def test_who_is_late_but_alone_may_finish(queue: Queue) -> None:
    """Nobody else took the job: sending it again would only make a copy."""
    queue.put()
    first = queue.must_claim("a")
    assert queue.later(LEASE.total_seconds() + 5).finish(first)


def test_a_lease_outlasts_the_longest_try() -> None:
    """Else a slow mail server gets the mail a second time while the first is on its way."""
    from app.delivery.transports.email import WHOLE_S

    assert timedelta(seconds=WHOLE_S + 20) < LEASE_OF_WORKER


@pytest.mark.parametrize(
    ("error", "state"), [(Permanent("no such mailbox"), "dead"), (Operator("wrong password"), "held")]
)
def test_errors_that_retrying_cannot_mend_stop_the_job(queue: Queue, error, state: str) -> None:
    """Retrying a refused address for three days helps nobody; forgetting it is worse: the state is visible."""
    queue.put(route=None)
    assert queue.fail(queue.must_claim(), error) == state
    assert queue.later(9 * 86400).claim() is None
    assert queue.job().last_error == error.message


def test_a_transient_error_comes_due_again_until_the_horizon(queue: Queue) -> None:
    """A mail server that is down delays a notice and never drops it; after the horizon it is shown as dead."""
    queue.put()
    assert queue.fail(queue.must_claim(), Transient("greylisted")) == "pending"
    late = queue.later(POLICY.cap_s).must_claim()
    assert queue.later(POLICY.horizon_s).fail(late, Transient("greylisted")) == "dead"


def test_a_message_that_fails_by_itself_waits_by_itself(queue: Queue) -> None:
    """One recipient who is greylisted must not hold up the others on the same mail server."""
    first = queue.put()
    queue.fail(queue.must_claim(), Transient("451 greylisted", retry_after_s=30))
    second = queue.later(1).put()
    assert queue.route() is None
    assert queue.must_claim().id == second
    assert queue.job(first).due_at >= NOON + timedelta(seconds=30)


def test_backoff_grows_to_its_cap_and_is_spread() -> None:
    """Without growth a broken server is hammered; without spread all notices come back at the same second."""
    waits = [[POLICY.wait(n, Transient("x"), random.Random(seed)) for seed in range(200)] for n in range(1, 9)]
    assert all(max(group) <= min(60, 5 * 2**n) for n, group in enumerate(waits))
    assert max(waits[0]) > 4 > 1 > min(waits[0])
    assert max(waits[7]) > 50


def test_an_ambiguous_ending_waits_longer_and_retry_after_is_respected_within_bounds() -> None:
    """Sending again at once after a lost reply makes a second copy; ignoring Retry-After gets the clinic blocked; and
    heeding a year of it loses the referral."""
    assert POLICY.wait(1, Transient("x", ambiguous=True)) >= 90
    assert POLICY.wait(1, Transient("x", retry_after_s=120)) >= 120
    assert POLICY.wait(1, Transient("x", retry_after_s=1e9)) <= RETRY_AFTER_MAX_S


def test_what_was_in_flight_when_the_process_died_waits_like_any_ambiguous_ending(queue: Queue) -> None:
    """It may have arrived. A desk that dies every ten seconds would else send a copy every ten seconds."""
    flying, waiting = queue.put(), queue.later(0.1).put()
    queue.must_claim("a")
    queue.later(2).restart()
    assert queue.must_claim("b").id == waiting
    assert queue.later(89).claim("c") is None
    assert queue.later(1).must_claim("d").id == flying


def test_work_inside_the_house_goes_on_at_once_after_a_crash(queue: Queue) -> None:
    """Reading a paper twice disturbs nobody."""
    queue.put(route=None)
    queue.must_claim("a")
    queue.restart()
    assert queue.claim("b") is not None


def test_a_wait_survives_a_restart(queue: Queue) -> None:
    """An ambiguous ending just before an update is still ambiguous after it."""
    queue.put()
    queue.fail(queue.must_claim(), Transient("data: connection lost", ambiguous=True, scope="route"))
    queue.later(10).restart()
    assert queue.later(70).claim() is None
    assert queue.later(120).claim() is not None


def test_retry_makes_a_dead_job_due_with_a_new_horizon(queue: Queue) -> None:
    """The button in the inbox must not be in vain because the job is old."""
    job = queue.put()
    queue.fail(queue.must_claim(), Permanent("no"))
    queue.later(30 * 86400).retry(job)
    assert queue.fail(queue.must_claim(), Transient("down")) == "pending"
