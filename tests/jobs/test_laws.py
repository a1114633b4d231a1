"""The queue under anything that may happen, in any order: hypothesis plays the mail servers, the crashes, the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.errors import JobError, Operator, Permanent, Transient
from app.jobs import clocks
from app.jobs.choosing import NARROW, WIDE
from app.jobs.queue import Claimed
from tests.jobs.queues import POLICY, queue_in_memory

ROUTES = ["email", "email", "slack:dest_1", "webhook:dest_2", "webhook:dest_3", None]
ERRORS: list[JobError] = [
    Transient("refused", scope="route"),
    Transient("refused", scope="route"),
    Transient("503", scope="route", retry_after_s=20),
    Transient("reply lost", scope="route", ambiguous=True),
    Transient("451"),
    Transient("reply lost", ambiguous=True),
    Permanent("550"),
]
WRONG_SETUP = Operator("535")
PROMISE_S = 120.0


class Outbox(RuleBasedStateMachine):
    """Jobs that a test put in, those in flight, and what became of each."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = queue_in_memory()
        self.queue = self.opened.__enter__()
        self.queue.policy = replace(POLICY, horizon_s=1e7)
        self.flying: dict[str, Claimed] = {}
        self.put_in: set[str] = set()
        self.done: set[str] = set()
        self.refused: set[str] = set()
        self.holders = 0

    @rule(route=st.sampled_from(ROUTES))
    def put(self, route: str | None) -> None:
        self.put_in.add(self.queue.put(route))

    @rule()
    def claim(self) -> None:
        self.holders += 1
        claimed = self.queue.claim(f"holder-{self.holders}", running=tuple(self.flying))
        if claimed is not None:
            assert claimed.id not in self.flying, "two at one job"
            assert claimed.id not in self.done | self.refused, "done, and done again"
            self.flying[claimed.id] = claimed

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        claimed = self.flying.pop(data.draw(st.sampled_from(sorted(self.flying))))
        assert self.queue.finish(claimed)
        self.done.add(claimed.id)

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), error=st.sampled_from(ERRORS))
    def fail(self, data: st.DataObject, error: JobError) -> None:
        claimed = self.flying.pop(data.draw(st.sampled_from(sorted(self.flying))))
        state = self.queue.fail(claimed, error)
        assert state == ("dead" if isinstance(error, Permanent) else "pending")
        if state == "dead":
            self.refused.add(claimed.id)

    @precondition(lambda self: any(claimed.route for claimed in self.flying.values()))
    @rule(data=st.data())
    def wrong_setup(self, data: st.DataObject) -> None:
        outside = sorted(key for key, claimed in self.flying.items() if claimed.route)
        assert self.queue.fail(self.flying.pop(data.draw(st.sampled_from(outside))), WRONG_SETUP) == "held"

    @rule(seconds=st.sampled_from([0.1, 3, 20, 61, 200]))
    def time_goes_by(self, seconds: float) -> None:
        self.queue.later(seconds)

    @rule(hours=st.sampled_from([-30, -5, 3]))
    def the_clock_jumps(self, hours: float) -> None:
        self.queue.later(hours * 3600)
        self.tidy()

    @rule(other=st.booleans())
    def crash(self, other: bool) -> None:
        self.flying = {}
        self.queue.restart("others" if other else "as it is")

    @rule()
    def tidy(self) -> None:
        self.queue.database.write(lambda s: clocks.mend_waits(s, self.queue.now))
        for moved in self.queue.move():
            assert moved.state == "held", "nothing is old enough to die"

    @rule(data=st.data())
    def retry_by_hand(self, data: st.DataObject) -> None:
        stuck = sorted(job.id for job in self.queue.jobs() if job.state in ("held", "dead") and not job.lease_holder)
        if stuck:
            chosen = data.draw(st.sampled_from(stuck))
            self.refused.discard(chosen)
            self.queue.retry(chosen)

    @invariant()
    def nothing_is_lost(self) -> None:
        states = {job.id: job.state for job in self.queue.jobs()}
        assert set(states) == self.put_in
        assert {key for key, state in states.items() if state == "done"} == self.done
        assert {key for key, state in states.items() if state == "dead"} == self.refused

    @invariant()
    def few_are_in_flight(self) -> None:
        routes = [claimed.route for claimed in self.flying.values() if claimed.route]
        narrow = [route for route in routes if ":" in route]
        assert routes.count("email") <= WIDE
        assert len(set(narrow)) == len(narrow) <= NARROW

    def teardown(self) -> None:
        """From now on everything works: what is not refused arrives within the time that is promised."""
        try:
            for claimed in self.flying.values():
                if self.queue.finish(claimed):
                    self.done.add(claimed.id)
            patience = PROMISE_S + POLICY.ambiguous_wait_s
            until = self.queue.now + timedelta(seconds=patience)
            while self.queue.now < until:
                self.tidy()
                while (claimed := self.queue.claim("last")) is not None:
                    self.queue.finish(claimed)
                    self.done.add(claimed.id)
                self.queue.later(5)
            assert self.put_in - self.done - self.refused == set()
        finally:
            self.opened.__exit__(None, None, None)


Outbox.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


class TestOutbox(Outbox.TestCase):  # type: ignore[misc, valid-type]
    """Nothing is lost, nothing is done twice, few are in flight, and what works again delivers in time."""


@pytest.mark.parametrize("number", range(3))
def test_the_promise_is_kept_after_a_long_outage(number: int) -> None:
    """Three thousand notices waited for a night; the server is back: the first leaves within a minute, the rest at
    once."""
    with queue_in_memory() as queue:
        for _ in range(30):
            queue.put()
        for _ in range(100 + number):
            if (claimed := queue.claim()) is not None:
                queue.fail(claimed, Transient("refused", scope="route"))
            queue.later(7)
        until = queue.now + timedelta(seconds=POLICY.cap_s + 1)
        while queue.now < until:
            while (claimed := queue.claim()) is not None:
                queue.finish(claimed)
            queue.later(1)
        assert {job.state for job in queue.jobs()} == {"done"}
