"""How the model server has done since the start: for the dashboard and /metrics."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.llm.base import Failure, Purpose
from app.llm.budget import Usage

BUCKETS_S = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 20, 45)


@dataclass(frozen=True, slots=True)
class Health:
    """`requests` counts by result ("ok" or a Failure's value) what left since the start; `kept_back` what did not
    leave, by its Failure. `resting_since` is set while the server is left alone."""

    host: str
    model: str
    local: bool
    redacted: bool
    last_success: datetime | None
    last_failure: datetime | None
    last_failure_kind: Failure | None
    resting_since: datetime | None
    running: int
    requests: Mapping[str, int]
    kept_back: Mapping[Failure, int]
    prompt_tokens: int
    completion_tokens: int
    calls: Mapping[tuple[Purpose, str], int] = field(default_factory=dict)
    """What left, by what for and result."""
    seconds: "Seconds | None" = None


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long requests took: how many at most as long as each of BUCKETS_S, then all of them, and the sum."""

    at_most: tuple[int, ...]
    sum: float


@dataclass
class Tally:
    """Counts. Safe to use from many threads."""

    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_failure_kind: Failure | None = None
    resting_since: datetime | None = None
    running: int = 0
    calls: Counter[tuple[Purpose, str]] = field(default_factory=Counter)
    kept_back: Counter[Failure] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds_sum: float = 0.0
    seconds: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    spent: dict[str, date] = field(default_factory=dict)
    """By clinic, the last day on which a call was kept back because it no longer fitted into the day's tokens."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self) -> None:
        """A request is on its way."""
        with self.lock:
            self.running += 1

    @property
    def requests(self) -> dict[str, int]:
        """By result alone."""
        found: Counter[str] = Counter()
        for (_purpose, result), number in self.calls.items():
            found[result] += number
        return dict(found)

    def ended(self, purpose: Purpose, result: str, usage: Usage, seconds: float) -> None:
        """That request is over."""
        with self.lock:
            self.running -= 1
            self.calls[purpose, result] += 1
            self.seconds_sum += seconds
            for place in range(bisect_left(BUCKETS_S, seconds), len(self.seconds)):
                self.seconds[place] += 1
            self.prompt_tokens += usage.prompt
            self.completion_tokens += usage.completion

    def succeeded(self, now: datetime) -> None:
        """A call gave what was asked for."""
        with self.lock:
            self.last_success, self.resting_since = now, None

    def failed(self, kind: Failure, now: datetime, *, resting: bool) -> None:
        """A call gave nothing of use."""
        with self.lock:
            self.last_failure, self.last_failure_kind = now, kind
            self.resting_since = (self.resting_since or now) if resting else None

    def kept(self, kind: Failure) -> None:
        """A call did not leave."""
        with self.lock:
            self.kept_back[kind] += 1

    def health(self, host: str, model: str, *, local: bool, redacted: bool) -> Health:
        """All of it, of one moment."""
        with self.lock:
            return Health(
                host,
                model,
                local,
                redacted,
                self.last_success,
                self.last_failure,
                self.last_failure_kind,
                self.resting_since,
                self.running,
                self.requests,
                dict(self.kept_back),
                self.prompt_tokens,
                self.completion_tokens,
                dict(self.calls),
                Seconds(tuple(self.seconds), self.seconds_sum),
            )
