"""A server that fails again and again is left alone, and tried by one call before all others follow."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.breaker import FAILURES, FIRST_REST_S, LONGEST_REST_S, PROBE_LEASE_S, Breaker
from tests.llm.conftest import VALUE, Install, called
from tests.llm.servers import always, model_server, say, status


class Hand:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def failing(clock: Hand) -> Breaker:
    breaker = Breaker(now=clock, jitter=lambda: 0.5)
    for _ in range(FAILURES):
        assert breaker.enter()
        breaker.failed()
    return breaker


def test_it_rests_after_failures_in_a_row_only() -> None:
    breaker = Breaker(now=Hand())
    for _ in range(5):
        for _ in range(FAILURES - 1):
            assert breaker.enter()
            breaker.failed()
        assert breaker.enter()
        breaker.succeeded()
    assert not breaker.resting


def test_one_call_tries_it_and_the_rest_follow() -> None:
    clock = Hand()
    breaker = failing(clock)
    assert not breaker.enter()
    clock.now += FIRST_REST_S
    assert breaker.enter()
    assert not breaker.enter()
    breaker.succeeded()
    assert breaker.enter()
    assert breaker.enter()


def test_each_failed_trial_makes_the_rest_longer_up_to_a_limit() -> None:
    clock = Hand()
    breaker = failing(clock)
    rests = []
    for _ in range(12):
        start = clock.now
        while not breaker.enter():
            clock.now += 1
        rests.append(clock.now - start)
        breaker.failed()
    assert rests == sorted(rests)
    assert rests[0] == FIRST_REST_S
    assert rests[-1] == LONGEST_REST_S


def test_many_calls_that_fail_at_once_are_one_fault() -> None:
    """A hiccup while thirty patients wait would keep the model away for minutes."""
    clock = Hand()
    breaker = Breaker(now=clock, jitter=lambda: 0.5)
    assert all(breaker.enter() for _ in range(30))
    for _ in range(30):
        breaker.failed()
    clock.now += FIRST_REST_S
    assert breaker.enter()


def test_a_trial_that_never_reported_is_forgotten() -> None:
    clock = Hand()
    breaker = failing(clock)
    clock.now += FIRST_REST_S
    assert breaker.enter()
    clock.now += PROBE_LEASE_S + 1
    assert breaker.enter()


def test_a_trial_that_says_nothing_lets_the_next_one_try() -> None:
    clock = Hand()
    breaker = failing(clock)
    clock.now += FIRST_REST_S
    assert breaker.enter()
    breaker.left()
    assert breaker.enter()


@given(st.lists(st.sampled_from(["succeeded", "failed", "left", "rest"]), max_size=60), st.floats(0, 1))
def test_it_never_shuts_for_good(ends: list[str], jitter: float) -> None:
    """Whatever happened, the longest rest later somebody may try."""
    clock = Hand()
    breaker = Breaker(now=clock, jitter=lambda: jitter)
    for end in ends:
        if breaker.enter():
            breaker.rest(7200) if end == "rest" else getattr(breaker, end)()
        clock.now += 5
    clock.now += LONGEST_REST_S * 1.2 + PROBE_LEASE_S + 1
    assert breaker.enter()


def test_nothing_is_sent_while_it_rests(install: Install) -> None:
    with model_server(always(status(401))) as server:
        guests = install.guests(server.base_url)
        failures = [called(install.turn(guests), "complete").failure for _ in range(FAILURES + 3)]
        assert failures == ["unauthorized"] * FAILURES + ["resting"] * 3
        assert len(server.asked) == len(install.rows()) == FAILURES
        assert guests.health().resting_since is not None
        guests.gate.breaker._until = 0.0  # its rest is over
        server.script = always(say(VALUE))
        assert called(install.turn(guests), "complete").value == VALUE
        assert guests.health().resting_since is None


@pytest.mark.parametrize("after", ["3600", formatdate(time.time() + 3600, usegmt=True)], ids=["seconds", "date"])
def test_a_server_that_asks_for_a_long_rest_gets_it(install: Install, after: str) -> None:
    with model_server(always(status(429, headers={"Retry-After": after}))) as server:
        guests = install.guests(server.base_url)
        assert called(install.turn(guests), "complete").failure == "limited"
        assert called(install.turn(guests), "stream").failure == "resting"
        assert len(server.asked) == 1


def test_useless_replies_are_no_reason_to_rest(install: Install) -> None:
    """The server is there; another question may go better."""
    with model_server(always(say(""))) as server:
        guests = install.guests(server.base_url)
        assert {called(install.turn(guests), "stream").failure for _ in range(FAILURES * 2)} == {"empty"}


def test_a_call_that_had_no_time_says_nothing_about_the_server(install: Install) -> None:
    with model_server(always(say(VALUE))) as server:
        guests = install.guests(server.base_url)
        for _ in range(FAILURES * 2):
            assert called(install.turn(guests, 0.0), "stream").failure == "late"
        assert not guests.gate.breaker.resting
        assert server.asked == []
