"""The tokens that a clinic may use on a day of its own time zone. They are reserved before a call, in the commit that
records what leaves, and settled after it. A server's figures count only as far as they are possible: no request can
use more tokens than it has bytes, nor write more than it was allowed, so a server that claims billions uses a day's
budget up a little faster and no more."""

import math
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.store.tables import ModelDay

BYTES_PER_TOKEN = 3
"""For estimates, on the careful side: English has about four, JSON and Spanish fewer."""
TEMPLATE_TOKENS = 512
"""What a server may add around the messages."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request. `estimated`: the server told nothing."""

    prompt: int
    completion: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class DayUse:
    """A clinic's day so far."""

    day: date
    calls: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    reserved_tokens: int

    @property
    def tokens(self) -> int:
        """Used, and reserved by calls that run."""
        return self.prompt_tokens + self.completion_tokens + self.reserved_tokens


def estimate(size: int) -> int:
    """Tokens of so many bytes."""
    return math.ceil(size / BYTES_PER_TOKEN)


def claimed(prompt: object, completion: object, sent: int, max_tokens: int) -> Usage | None:
    """What a server says it used for `sent` bytes, as far as that is possible; None when it says nothing of use."""
    if not isinstance(prompt, int) or not isinstance(completion, int) or min(prompt, completion) < 0:
        return None
    return Usage(min(prompt, sent + TEMPLATE_TOKENS), min(completion, max_tokens), False)


def reserve(session: Session, clinic_id: str, day: date, tokens: int, limit: int) -> bool:
    """Counts a call that is about to leave. False, and nothing counted, when the day's tokens do not suffice."""
    row = session.get(ModelDay, (clinic_id, day)) or ModelDay(clinic_id=clinic_id, day=day)
    if row.prompt_tokens + row.completion_tokens + row.reserved_tokens + tokens > limit:
        return False
    row.reserved_tokens += tokens
    row.calls += 1
    session.add(row)
    return True


def settle(session: Session, clinic_id: str, day: date, reserved: int, usage: Usage, *, failed: bool) -> None:
    """Puts what was used in the place of what was reserved on `day`."""
    row = session.get(ModelDay, (clinic_id, day))
    if row is None:  # the clinic's rows were purged meanwhile
        return
    row.reserved_tokens = max(0, row.reserved_tokens - reserved)
    row.prompt_tokens += usage.prompt
    row.completion_tokens += usage.completion
    row.failed += failed
    session.add(row)


def release_all(session: Session) -> None:
    """At a start no call runs: what a crash left reserved is free again."""
    session.execute(update(ModelDay).where(col(ModelDay.reserved_tokens) != 0).values(reserved_tokens=0))


def used(session: Session, clinic_id: str, day: date) -> DayUse:
    """The clinic's use on `day`."""
    row = session.exec(select(ModelDay).where(ModelDay.clinic_id == clinic_id, ModelDay.day == day)).first()
    row = row or ModelDay(clinic_id=clinic_id, day=day)
    return DayUse(day, row.calls, row.failed, row.prompt_tokens, row.completion_tokens, row.reserved_tokens)
