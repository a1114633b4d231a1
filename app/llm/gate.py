"""The gate before the model server: how many calls run at once, whether it is left alone for a while, and what became
of those that passed."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.clock import Clock
from app.errors import describe
from app.llm.base import Failure, ModelFailed
from app.llm.breaker import Breaker
from app.llm.health import Tally
from app.llm.retrying import LONGEST_WAIT_S

log = logging.getLogger("frontdesk.model")
MOST_AT_ONCE = 32
"""Calls that wait for the server, of all clinics: half of the threads that answer (app/web/pool.py), so that a slow
model never keeps everybody else waiting."""
_KEPT_BACK = (Failure.BUDGET, Failure.UNRECORDED)
_ROUTE = (Failure.UNREACHABLE, Failure.SERVER, Failure.UNAUTHORIZED, Failure.LIMITED, Failure.CUT, Failure.LATE)
"""These speak against the server, whatever was asked of it."""


class Gate:
    """Of one server, `host` for the log. Safe to use from many threads."""

    def __init__(self, host: str, clock: Clock) -> None:
        self.breaker, self.tally = Breaker(), Tally()
        self._host, self._clock = host, clock
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    @contextmanager
    def one_try(self, fair: Callable[[], bool]) -> Iterator[None]:
        """Around one try, in one of the places; `fair`, asked at its end: it had enough time to be the server's fault
        when it is late. Raises ModelFailed, BUSY at once when no place is free."""
        with self._place():
            if not self.breaker.enter():
                self.tally.kept(Failure.RESTING)
                raise ModelFailed(Failure.RESTING)
            try:
                yield
            except ModelFailed as problem:
                self._report(problem, fair())
                raise
            except GeneratorExit:  # whoever listened has heard enough
                self._succeeded()
                raise
            except Exception as problem:
                self.breaker.left()
                log.error("a model's reply could not be used: %s", describe(problem))
                raise ModelFailed(Failure.INVALID, type(problem).__name__) from None
            except BaseException:
                self.breaker.left()
                raise
            self._succeeded()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            self.tally.kept(Failure.BUSY)
            raise ModelFailed(Failure.BUSY)
        try:
            yield
        finally:
            self._places.release()

    def _succeeded(self) -> None:
        self.breaker.succeeded()
        self.tally.succeeded(self._clock())

    def _report(self, problem: ModelFailed, fair: bool) -> None:
        failure, wait = problem.failure, problem.retry_after_s or 0.0
        if failure in _KEPT_BACK:
            self.breaker.left()
            self.tally.kept(failure)
            return
        if wait > LONGEST_WAIT_S:
            self.breaker.rest(wait)
        elif failure == Failure.LATE and not fair:
            self.breaker.left()
        elif failure in _ROUTE:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        self.tally.failed(failure, self._clock(), resting=self.breaker.resting)
        log.warning("the language model at %s failed: %s", self._host, failure.value)
