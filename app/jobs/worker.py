"""Claims due jobs and runs them on threads of its own; knows handlers only as a table {kind: Handler}."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from app.clock import Clock, new_id
from app.errors import JobError, Transient, describe
from app.jobs import queue
from app.jobs.queue import Claimed, FailedState, RetryPolicy
from app.store.session import Database

log = logging.getLogger("frontdesk.jobs")
LEASE = timedelta(seconds=180)
Commit = Callable[[Session], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of job is done. `run` does the work outside any transaction and returns what to commit with the
    job's end (or None); it raises a JobError. `failed` is committed together with a failure."""

    run: Callable[[Claimed], Commit | None]
    failed: Callable[[Session, Claimed, JobError, FailedState], None]


@dataclass(frozen=True, slots=True)
class Lane:
    """Kinds of jobs that share `threads` threads, so that slow kinds do not delay quick ones."""

    kinds: Sequence[str]
    threads: int


class Worker:
    """Runs the lanes' threads between `start` and `stop`. `wake()` after an enqueue saves the wait."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        lanes: Sequence[Lane],
        policy: RetryPolicy,
    ) -> None:
        self._database, self._clock, self._handlers, self._lanes, self._policy = (
            database,
            clock,
            handlers,
            lanes,
            policy,
        )
        self._stop = threading.Event()
        self._due = threading.Condition()
        self._threads: list[threading.Thread] = []

    def start(self, kinds: Sequence[str] | None = None) -> None:
        """Starts the threads; with `kinds`, only those of lanes that do one of them."""
        for lane in self._lanes:
            if kinds is not None and not set(kinds) & set(lane.kinds):
                continue
            for number in range(lane.threads):
                name = f"worker-{lane.kinds[0]}-{number}"
                thread = threading.Thread(target=self._serve, args=(lane.kinds,), name=name, daemon=True)
                thread.start()
                self._threads.append(thread)

    def wake(self) -> None:
        """Looks for due jobs now."""
        with self._due:
            self._due.notify_all()

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
        ran = 0
        while self._step(kinds):
            ran += 1
        return ran

    def _serve(self, kinds: Sequence[str]) -> None:
        while not self._stop.is_set():
            try:
                if self._step(kinds):
                    continue
            except Exception as problem:  # storage failed: the thread must outlive it
                log.error("job queue: %s", type(problem).__name__)
            with self._due:
                if not self._stop.is_set():
                    self._due.wait(timeout=0.5)

    def _step(self, kinds: Sequence[str]) -> bool:
        holder, now = new_id("worker"), self._clock()
        with self._database.read() as session:
            if not queue.anything_due(session, kinds, now):
                return False
        claimed = self._database.write(lambda s: queue.claim(s, kinds, holder, now, LEASE))
        if claimed is None:
            return False
        try:
            then = self._handlers[claimed.kind].run(claimed)
        except JobError as error:
            self._fail(claimed, error)
        except Exception as problem:
            log.error("job %s (%s) raised %s", claimed.id, claimed.kind, describe(problem))
            self._fail(claimed, Transient(f"unexpected {type(problem).__name__}"))
        else:
            self._database.write(lambda s: queue.finish(s, claimed, self._clock(), then))
        return True

    def _fail(self, claimed: Claimed, error: JobError) -> None:
        def work(session: Session) -> None:
            state = queue.fail(session, claimed, error, self._clock(), self._policy)
            if state is not None:
                self._handlers[claimed.kind].failed(session, claimed, error, state)

        self._database.write(work)
        log.warning("job %s (%s) failed, attempt %d: %s", claimed.id, claimed.kind, claimed.attempt, error.code)
