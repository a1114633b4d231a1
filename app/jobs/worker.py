"""Claims due jobs and runs them on threads of its own; knows handlers only as a table {kind: Handler}."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlmodel import Session

from app.clock import Clock, new_id
from app.errors import JobError, Transient, Unavailable, describe
from app.jobs import clocks, queue
from app.jobs.giving_way import Pace
from app.jobs.policy import RetryPolicy
from app.jobs.queue import Claimed, FailedState, Moved
from app.store.session import Database

log = logging.getLogger("frontdesk.jobs")
LEASE = timedelta(seconds=180)
"""Longer than the longest try: a transport gives up after 150 s (`delivery.transports.email.WHOLE_S`)."""
LOOK_S = 0.5
LAST_WRITES_S = 5.0
Commit = Callable[[Session], None]
T = TypeVar("T")


def _unmoved(session: Session, moved: Moved) -> None:
    """For kinds that keep no state beside the job's."""


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of job is done. `run` does the work outside any transaction and returns what to commit with the
    job's end (or None); it raises a JobError. `failed` is committed together with a failure, `moved` when the job
    changed its state without a try."""

    run: Callable[[Claimed], Commit | None]
    failed: Callable[[Session, Claimed, JobError, FailedState], None]
    moved: Callable[[Session, Moved], None] = _unmoved


@dataclass(frozen=True, slots=True)
class Lane:
    """Kinds of jobs that share `threads` threads, so that slow kinds do not delay quick ones. One that `gives_way`
    begins its jobs slowly while requests pile up (`giving_way`)."""

    kinds: Sequence[str]
    threads: int
    gives_way: bool = False


class Worker:
    """Runs the lanes' threads between `start` and `stop`. `wake()` after an enqueue saves the wait."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        lanes: Sequence[Lane],
        policy: RetryPolicy,
        around: Callable[[], AbstractContextManager[object]] = nullcontext,
        rush: Callable[[], bool] = lambda: False,
    ) -> None:
        """`around` is entered by a thread before it works off what is due, and left when nothing is: what jobs may
        share, such as a connection, lives in between. `rush`: whether requests pile up."""
        self._around = around
        self._paces = {lane: Pace(rush) for lane in lanes if lane.gives_way}
        self._database, self._clock, self._handlers, self._lanes, self._policy = (
            database,
            clock,
            handlers,
            lanes,
            policy,
        )
        self._stop = threading.Event()
        self._due = {lane: threading.Condition() for lane in lanes}
        self._threads: list[threading.Thread] = []
        self._running: set[str] = set()

    def start(self, kinds: Sequence[str] | None = None) -> None:
        """Starts the threads; with `kinds`, only those of lanes that do one of them."""
        for lane in self._lanes:
            if kinds is not None and not set(kinds) & set(lane.kinds):
                continue
            for number in range(lane.threads):
                name = f"worker-{lane.kinds[0]}-{number}"
                thread = threading.Thread(target=self._serve, args=(lane,), name=name, daemon=True)
                thread.start()
                self._threads.append(thread)

    def wake(self, kind: str | None = None) -> None:
        """Looks for due jobs now; of one kind, only one thread that does that kind: it works off all there is, and the
        others look by themselves within LOOK_S. All four looking after each request would cost more than the mail."""
        for lane, due in self._due.items():
            with due:
                if kind is None:
                    due.notify_all()
                elif kind in lane.kinds:
                    due.notify()

    def ask_to_stop(self) -> None:
        """No further job begins; returns at once."""
        self._stop.set()
        self.wake()

    def stop(self, timeout_s: float = 20.0) -> None:
        """Lets running jobs end, for at most `timeout_s` seconds in all; a job cut off is done again after the next
        start."""
        self.ask_to_stop()
        patience = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, patience - time.monotonic()))

    def drain(self, kinds: Sequence[str]) -> int:
        """Runs every due job of these kinds here and now. Returns how many ran."""
        return self._work_off(Lane(tuple(kinds), 1), lambda: False)

    def tidy(self) -> None:
        """Moves jobs along whose route decides about them, and mends waits after the clock went back. Called again and
        again."""
        with self._database.read() as session:
            odd, stuck = clocks.needs_mending(session, self._clock()), queue.anything_to_move(session, self._policy)
        if odd:
            log.warning("the clock went back: %d waits are counted anew", self._database.write(self._mend))
        while stuck and not self._stop.is_set() and self._database.write(self._move):
            continue
        if odd:
            self.wake()

    def _mend(self, session: Session) -> int:
        return clocks.mend_waits(session, self._clock())

    def _move(self, session: Session) -> int:
        moved = queue.move_along(session, self._policy)
        for one in moved:
            self._handlers[one.kind].moved(session, one)
        return len(moved)

    def _serve(self, lane: Lane) -> None:
        while not self._stop.is_set():
            try:
                self._work_off(lane, self._stop.is_set)
            except Exception as problem:  # storage failed: the thread must outlive it
                log.error("job queue: %s", describe(problem))
            with self._due[lane]:
                if not self._stop.is_set():
                    self._due[lane].wait(timeout=LOOK_S)

    def _work_off(self, lane: Lane, ended: Callable[[], bool]) -> int:
        """Until nothing is due. Each job after the first is claimed in the commit that ends the one before: half the
        commits, and no look beforehand."""
        ran, claimed = 0, self._first(lane)
        with self._around():
            while claimed is not None:
                self._running.add(claimed.id)
                try:
                    following = self._do(claimed, lambda s: None if ended() else self._claim(s, lane))
                finally:
                    self._running.discard(claimed.id)
                ran, claimed = ran + 1, following
        return ran

    def _first(self, lane: Lane) -> Claimed | None:
        with self._database.read() as session:
            if not queue.anything_due(session, lane.kinds, self._clock(), tuple(self._running), self._waits(lane)):
                return None
        return self._database.write(lambda s: self._claim(s, lane))

    def _claim(self, session: Session, lane: Lane) -> Claimed | None:
        running, holder = tuple(self._running), new_id("worker")
        claimed = queue.claim(session, lane.kinds, holder, self._clock(), LEASE, running, self._waits(lane))
        if claimed is not None and lane in self._paces:
            self._paces[lane].began()
        return claimed

    def _waits(self, lane: Lane) -> timedelta:
        pace = self._paces.get(lane)
        return pace.waits() if pace else timedelta(0)

    def _do(self, claimed: Claimed, following: Callable[[Session], Claimed | None]) -> Claimed | None:
        """Returns the next one, if there is one."""
        try:
            then = self._handlers[claimed.kind].run(claimed)
        except JobError as error:
            return self._fail(claimed, error, following)
        except Exception as problem:
            log.error("job %s (%s) raised %s", claimed.id, claimed.kind, describe(problem))
            return self._fail(claimed, Transient(f"unexpected {type(problem).__name__}"), following, answered=False)

        def work(session: Session) -> tuple[bool, Claimed | None]:
            return queue.finish(session, claimed, self._clock(), then), following(session)

        held, found = self._settle(work)
        if not held:
            log.warning("job %s (%s) was done after its lease was lost", claimed.id, claimed.kind)
        return found

    def _fail(
        self,
        claimed: Claimed,
        error: JobError,
        following: Callable[[Session], Claimed | None],
        *,
        answered: bool = True,
    ) -> Claimed | None:
        def work(session: Session) -> Claimed | None:
            state = queue.fail(session, claimed, error, self._clock(), self._policy, answered=answered)
            if state is not None:
                self._handlers[claimed.kind].failed(session, claimed, error, state)
            return following(session)

        found = self._settle(work)
        log.warning("job %s (%s) failed, attempt %d: %s", claimed.id, claimed.kind, claimed.attempt, error.code)
        return found

    def _settle(self, work: Callable[[Session], T]) -> T:
        """Commits how a job ended. While storage fails it tries on: what was sent and is not written down would be sent
        a second time."""
        until = time.monotonic() + LEASE.total_seconds()
        while True:
            try:
                return self._database.write(work)
            except Unavailable:
                last = min(until, time.monotonic() + LAST_WRITES_S) if self._stop.is_set() else until
                until = min(until, last)
                if time.monotonic() >= until:
                    raise
                time.sleep(LOOK_S)
