"""The queue of background work, in the database: enqueued in the caller's transaction, claimed with a lease,
finished only by the worker that still holds the lease."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.errors import JobError, Operator, Permanent, Transient
from app.store.tables import Job


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Full-jitter backoff. Times in seconds; `ambiguous_wait_s` is added when the work may have been done."""

    base_s: float
    cap_s: float
    horizon_s: float
    ambiguous_wait_s: float

    def wait(self, attempt: int, error: Transient, rng: random.Random | None = None) -> float:
        """Seconds until the next try after the `attempt`-th (from 1) failed."""
        ceiling = min(self.cap_s, self.base_s * 2.0 ** min(attempt - 1, 30))
        wait = (rng or random.SystemRandom()).uniform(0, ceiling)
        wait = max(wait, error.retry_after_s or 0.0)
        return wait + self.ambiguous_wait_s if error.ambiguous else wait


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker may do until its lease ends. `attempt` counts from 1."""

    id: str
    clinic_id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    holder: str
    created_at: datetime


def enqueue(session: Session, kind: str, payload: Mapping[str, Any], clinic_id: str, now: datetime) -> str:
    """Adds a job that is due now. Returns its id."""
    job = Job(clinic_id=clinic_id, kind=kind, payload=dict(payload), due_at=now, created_at=now)
    session.add(job)
    return job.id


def anything_due(session: Session, kinds: Sequence[str], now: datetime) -> bool:
    """Whether a claim would find something. Asked first, because a claim waits for the write door."""
    return session.exec(_due(kinds, now).limit(1)).first() is not None


def claim(session: Session, kinds: Sequence[str], holder: str, now: datetime, lease: timedelta) -> Claimed | None:
    """Takes the job that has been due longest and leases it to `holder`. None when nothing is due."""
    job = session.exec(_due(kinds, now).order_by(col(Job.due_at)).limit(1)).first()
    if job is None:
        return None
    job.lease_holder, job.lease_until, job.attempts = holder, now + lease, job.attempts + 1
    session.add(job)
    return Claimed(job.id, job.clinic_id, job.kind, dict(job.payload), job.attempts, holder, job.created_at)


def finish(session: Session, claimed: Claimed, now: datetime, then: Callable[[Session], None] | None = None) -> bool:
    """Marks the job done and runs `then` in the same transaction; does neither when the lease was lost."""
    job = _held(session, claimed)
    if job is None:
        return False
    if then is not None:
        then(session)
    job.state, job.finished_at, job.lease_holder, job.lease_until = "done", now, None, None
    session.add(job)
    return True


FailedState = Literal["pending", "held", "dead"]


def fail(session: Session, claimed: Claimed, error: JobError, now: datetime, policy: RetryPolicy) -> FailedState | None:
    """Notes a failure: transient ones come due again until the horizon, operator ones are held, the rest are dead.
    Returns the new state, None when the lease was lost."""
    job = _held(session, claimed)
    if job is None:
        return None
    job.lease_holder, job.lease_until, job.last_error = None, None, error.message
    state = _state_after(error, now - claimed.created_at, policy)
    if state == "pending" and isinstance(error, Transient):
        job.due_at = now + timedelta(seconds=policy.wait(claimed.attempt, error))
    else:
        job.state = state
    session.add(job)
    return state


def _state_after(error: JobError, age: timedelta, policy: RetryPolicy) -> FailedState:
    if isinstance(error, Operator):
        return "held"
    if isinstance(error, Permanent) or age > timedelta(seconds=policy.horizon_s):
        return "dead"
    return "pending"


def retry(session: Session, job: Job, now: datetime) -> None:
    """Makes a dead or held job due now, with its horizon counted anew."""
    job.state, job.due_at, job.created_at, job.attempts = "pending", now, now, 0
    session.add(job)


def release_all(session: Session) -> None:
    """At start: leases of an earlier process are void, since one process owns the data."""
    for job in session.exec(select(Job).where(Job.state == "pending", col(Job.lease_holder).is_not(None))):
        job.lease_holder, job.lease_until = None, None
        session.add(job)


def _due(kinds: Sequence[str], now: datetime) -> Any:
    free = or_(col(Job.lease_until).is_(None), col(Job.lease_until) <= now)
    return select(Job).where(Job.state == "pending", col(Job.due_at) <= now, col(Job.kind).in_(kinds), free)


def _held(session: Session, claimed: Claimed) -> Job | None:
    job = session.get(Job, claimed.id)
    return job if job is not None and job.state == "pending" and job.lease_holder == claimed.holder else None
