"""The queue of background work, in the database: enqueued in the caller's transaction, claimed with a lease,
finished only by the worker that still holds the lease."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, text, update
from sqlmodel import Session, col, select

from app.errors import JobError, Operator, Permanent, Transient
from app.jobs import routes
from app.jobs.choosing import choose, to_hold, too_old
from app.jobs.policy import RetryPolicy
from app.jobs.pressing import MARK, place
from app.store.rows import insert_row, run
from app.store.tables import OPEN_JOBS, Job

OPEN = ("pending", "held")
_LEASE = (
    update(Job)
    .where(col(Job.id) == bindparam("job_id"))
    .values(
        lease_holder=bindparam("holder"),
        lease_until=bindparam("until"),
        attempts=bindparam("attempt"),
        set_at=bindparam("now"),
    )
)
_FINISH = (
    update(Job)
    .where(col(Job.id) == bindparam("job_id"), text(OPEN_JOBS), col(Job.lease_holder) == bindparam("holder"))
    .values(state="done", finished_at=bindparam("now"), lease_holder=None, lease_until=None, last_error=None)
)
FailedState = Literal["pending", "held", "dead"]
BATCH = 100


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a handler returns when nothing went out after all: `then` is committed, and the route learns nothing."""

    then: Callable[[Session], object] | None = None

    def __call__(self, session: Session) -> None:
        """As the plain function would."""
        if self.then is not None:
            self.then(session)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker may do until its lease ends. `attempt` counts from 1; `probe`: its route was down."""

    id: str
    clinic_id: str
    kind: str
    payload: Mapping[str, Any]
    attempt: int
    holder: str
    created_at: datetime
    route: str | None = None
    probe: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A job that changed its state without a try of its own, because of its route. `error` says why."""

    id: str
    clinic_id: str
    kind: str
    payload: Mapping[str, Any]
    route: str
    state: FailedState
    error: str


def enqueue(
    session: Session,
    kind: str,
    payload: Mapping[str, Any],
    clinic_id: str,
    now: datetime,
    *,
    route: str | None = None,
    not_before: datetime | None = None,
    ahead: bool = False,
) -> str:
    """Adds a job that is due now, or at `not_before`; `ahead` of everything that waits for its turn. Returns its id."""
    marked = {**payload, MARK: True} if ahead else dict(payload)
    row = insert_row(
        session,
        Job,
        clinic_id=clinic_id,
        kind=kind,
        payload=marked,
        route=route,
        due_at=place(marked, not_before or now),
        not_before=not_before,
        set_at=now,
        created_at=now,
    )
    return str(row["id"])


def anything_due(
    session: Session,
    kinds: Sequence[str],
    now: datetime,
    running: Collection[str] = (),
    waited: timedelta = timedelta(0),
) -> bool:
    """Whether a claim would find something. Asked first, because a claim waits for the write door."""
    return choose(session, kinds, now, running, waited) is not None


def claim(
    session: Session,
    kinds: Sequence[str],
    holder: str,
    now: datetime,
    lease: timedelta,
    running: Collection[str] = (),
    waited: timedelta = timedelta(0),
) -> Claimed | None:
    """Takes the job that has been due longest, for `waited` at least, and leases it to `holder`. None when nothing may
    be done now."""
    choice = choose(session, kinds, now, running, waited)
    if choice is None:
        return None
    job, attempt = choice.job, choice.job.attempts + 1
    run(session, _LEASE, job_id=job.id, holder=holder, until=now + lease, attempt=attempt, now=now)
    payload = dict(job.payload)
    return Claimed(job.id, job.clinic_id, job.kind, payload, attempt, holder, job.created_at, job.route, choice.probe)


def finish(session: Session, claimed: Claimed, now: datetime, then: Callable[[Session], None] | None = None) -> bool:
    """Marks the job done and runs `then` in the same transaction; does neither when the lease was lost."""
    if claimed.route is not None and not isinstance(then, Unsent):  # true whoever holds the job now
        routes.works(session, claimed.route, now, probe=claimed.probe)
    if not run(session, _FINISH, job_id=claimed.id, holder=claimed.holder, now=now).rowcount:
        return False
    if then is not None:
        then(session)
    return True


def fail(
    session: Session,
    claimed: Claimed,
    error: JobError,
    now: datetime,
    policy: RetryPolicy,
    *,
    answered: bool = True,
) -> FailedState | None:
    """Notes a failure: transient ones come due again until the horizon, operator ones are held, the rest are dead.
    `answered` false: nobody outside was reached, so it says nothing about the route. Returns the new state, None when
    the lease was lost."""
    job = _held(session, claimed)
    if job is None:
        return None
    if job.state == "held":  # while it was held it did not grow old
        job.created_at = now
    job.lease_holder, job.lease_until, job.last_error = None, None, error.message
    job.waits_for_route, job.set_at = False, now
    _note_route(session, claimed, error, now, policy, answered=answered)
    state = _state_after(error, now - job.created_at, policy)
    if state == "pending" and isinstance(error, Transient):
        _wait(job, claimed, error, now, policy)
    else:
        job.due_at, job.not_before = place(job.payload, now), None
    job.state = state
    session.add(job)
    return state


def _note_route(
    session: Session, claimed: Claimed, error: JobError, now: datetime, policy: RetryPolicy, *, answered: bool
) -> None:
    if claimed.route is None or not answered:
        return
    if isinstance(error, Operator) or (isinstance(error, Transient) and _is_of_route(error)):
        routes.failed(session, claimed.route, error, now, policy, probe=claimed.probe)
    else:
        routes.works(session, claimed.route, now, probe=claimed.probe)


def _wait(job: Job, claimed: Claimed, error: Transient, now: datetime, policy: RetryPolicy) -> None:
    """A job whose route is down waits for the route; one that failed by itself waits by itself."""
    again = now + timedelta(seconds=policy.wait(claimed.attempt, error))
    job.due_at = place(job.payload, again)
    job.waits_for_route = claimed.route is not None and _is_of_route(error)
    if not job.waits_for_route:
        job.not_before = again
    else:
        job.not_before = now + timedelta(seconds=policy.ambiguous_wait_s) if error.ambiguous else None


def _is_of_route(error: Transient) -> bool:
    """A server that takes a mail and hangs up would get copies of all that wait, again and again: it is probed."""
    return error.scope == "route" or error.ambiguous


def _state_after(error: JobError, age: timedelta, policy: RetryPolicy) -> FailedState:
    if isinstance(error, Operator):
        return "held"
    if isinstance(error, Permanent) or age > timedelta(seconds=policy.horizon_s):
        return "dead"
    return "pending"


def move_along(session: Session, policy: RetryPolicy) -> list[Moved]:
    """Up to 100 jobs whose route decides about them: held with it, or dead because their time is over."""
    moved: list[Moved] = []
    states: list[tuple[FailedState, list[tuple[Job, str]]]] = [
        ("held", to_hold(session, BATCH)),
        ("dead", too_old(session, timedelta(seconds=policy.horizon_s), BATCH)),
    ]
    for state, jobs in states:
        for job, error in jobs:
            job.state, job.last_error = state, error
            session.add(job)
            moved.append(Moved(job.id, job.clinic_id, job.kind, dict(job.payload), str(job.route), state, error))
    return moved


def anything_to_move(session: Session, policy: RetryPolicy) -> bool:
    """Whether `move_along` would do something."""
    return bool(to_hold(session, 1) or too_old(session, timedelta(seconds=policy.horizon_s), 1))


def retry(session: Session, job: Job, now: datetime) -> None:
    """Makes a dead or held job due now, with its horizon counted anew, and has its route probed soon."""
    job.state, job.due_at, job.created_at, job.attempts = "pending", place(job.payload, now), now, 0
    job.not_before, job.waits_for_route, job.set_at = None, False, now
    session.add(job)
    if job.route is not None:
        routes.probe_soon(session, job.route, now)


def hurry(session: Session, job: Job, now: datetime) -> None:
    """What this job tells became an emergency while it waited: it goes ahead, now."""
    job.payload = {**job.payload, MARK: True}
    job.due_at, job.not_before, job.set_at = place(job.payload, now), None, now
    session.add(job)


def release_all(session: Session, now: datetime, policy: RetryPolicy) -> None:
    """At start: leases of an earlier process are void, since one process owns the data. What it was sending may have
    arrived, so that waits like any ambiguous ending."""
    for job in session.exec(select(Job).where(col(Job.lease_holder).is_not(None))):
        job.lease_holder, job.lease_until, job.set_at = None, None, now
        if job.route is not None:
            job.not_before = now + timedelta(seconds=policy.ambiguous_wait_s)
            job.due_at = place(job.payload, job.not_before)
        session.add(job)
    routes.started(session, now, policy.setup)


def _held(session: Session, claimed: Claimed) -> Job | None:
    job = session.get(Job, claimed.id)
    return job if job is not None and job.state in OPEN and job.lease_holder == claimed.holder else None
