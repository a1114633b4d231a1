"""One patient's connection: sends a request again, unchanged, until it is acknowledged, as the widget does."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.faults.journal import Journal
from tests.server import ORIGIN

AGAIN = (409, 429, 503)
"""Answers after which the same request is sent again: it still runs, too many, storage fails."""


class GaveUp(Exception):
    """The load ends before this request was acknowledged: nothing is known about it."""


class Refused(Exception):
    """An answer that sending again does not change."""


class Expired(Exception):
    """The conversation's token is no longer good: the patient begins anew."""


class Line:
    """Keeps one client. `phone` must stand in every 503; `fresh` opens a connection for each request, so that a cut
    one cannot be mistaken for an idle connection that the server closed."""

    def __init__(
        self, url: str, phone: str, journal: Journal, ending: threading.Event, chance: random.Random, *, fresh: bool
    ):
        headers = {"Origin": ORIGIN, "Accept": "application/json"} | ({"Connection": "close"} if fresh else {})
        self.http = httpx.Client(base_url=url, timeout=60, headers=headers)
        self._phone, self._journal, self._ending, self._chance = phone, journal, ending, chance

    def until(self, send: Callable[[httpx.Client], httpx.Response], wanted: int) -> httpx.Response:
        """The answer with status `wanted`. Raises GaveUp, or Refused for one that no second try mends."""
        return self.until_heard(lambda http: _with_status(send(http), wanted))

    def until_heard(self, work: Callable[[httpx.Client], Any]) -> Any:
        """The result of `work`, which raises TryAgain until its answer is whole."""
        wait = 0.05
        while not self._ending.is_set():
            try:
                result = work(self.http)
            except httpx.ConnectError:
                self._journal.answered("refused")
            except httpx.TransportError as problem:
                self._journal.answered(f"cut ({type(problem).__name__})")
            except TryAgain as problem:
                self._note(problem.answer)
            else:
                self._journal.answered("well")
                return result
            time.sleep(wait * self._chance.uniform(0.5, 1.0))
            wait = min(wait * 2, 0.5)
        raise GaveUp

    def _note(self, answer: httpx.Response | None) -> None:
        if answer is None:
            self._journal.answered("stream cut")
            return
        self._journal.answered(str(answer.status_code))
        if answer.status_code == 401:
            raise Expired
        if answer.status_code not in AGAIN:
            self._journal.complain(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")
            raise Refused(f"{answer.status_code}: {answer.text[:300]}")
        if answer.status_code == 503:
            self._look_at_503(answer)

    def _look_at_503(self, answer: httpx.Response) -> None:
        missing = [] if "retry-after" in answer.headers else ["Retry-After"]
        missing += [] if self._phone in answer.text else ["the clinic's phone"]
        if missing:
            self._journal.complain(f"a 503 of {answer.request.url.path} without {' and '.join(missing)}")


class TryAgain(Exception):
    """The answer was not the acknowledgement; None when a stream broke off."""

    def __init__(self, answer: httpx.Response | None) -> None:
        super().__init__()
        self.answer = answer


def _with_status(answer: httpx.Response, wanted: int) -> httpx.Response:
    if answer.status_code != wanted:
        raise TryAgain(answer)
    return answer
