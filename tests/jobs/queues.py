"""A database with one clinic, and short ways to its queue. The queue's laws are the same in memory, a hundred times
faster; what has threads gets a real file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, select

from app.errors import JobError
from app.jobs import queue
from app.jobs.policy import RetryPolicy
from app.jobs.queue import Claimed, FailedState, Moved
from app.store.schema import upgrade
from app.store.session import Database
from app.store.tables import Clinic, FailingRoute, Job

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=180)
POLICY = RetryPolicy(base_s=5, cap_s=60, horizon_s=72 * 3600, ambiguous_wait_s=90, setup="as it is")


class InMemory:
    """Stands for `store.session.Database`, for one thread."""

    def __init__(self) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        SQLModel.metadata.create_all(self._engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session."""
        with Session(self._engine) as session:
            yield session

    def write(self, work: Callable[[Session], Any]) -> Any:
        """One transaction."""
        with Session(self._engine) as session:
            result = work(session)
            session.commit()
            return result

    def close(self) -> None:
        """Forgets all."""
        self._engine.dispose()


@dataclass
class Queue:
    """The queue of one clinic, at a time that the test chooses."""

    database: Any
    now: datetime = NOON
    policy: RetryPolicy = POLICY

    def later(self, seconds: float) -> "Queue":
        """Time goes by."""
        self.now += timedelta(seconds=seconds)
        return self

    def put(self, route: str | None = "email", **more: Any) -> str:
        """A job that is due now; its id."""
        return self.database.write(
            lambda s: queue.enqueue(s, "deliver", {"n": 1}, "clinic_1", self.now, route=route, **more)
        )

    def claim(
        self, holder: str = "a", running: tuple[str, ...] = (), waited: timedelta = timedelta(0)
    ) -> Claimed | None:
        """The next job."""
        return self.database.write(lambda s: queue.claim(s, ["deliver"], holder, self.now, LEASE, running, waited))

    def must_claim(self, holder: str = "a") -> Claimed:
        """The next job, which must be there."""
        claimed = self.claim(holder)
        assert claimed is not None
        return claimed

    def finish(self, claimed: Claimed, then: Callable[[Session], None] | None = None) -> bool:
        """It went well."""
        return self.database.write(lambda s: queue.finish(s, claimed, self.now, then))

    def fail(self, claimed: Claimed, error: JobError, *, answered: bool = True) -> FailedState | None:
        """It did not."""
        return self.database.write(lambda s: queue.fail(s, claimed, error, self.now, self.policy, answered=answered))

    def move(self) -> list[Moved]:
        """What its route makes of waiting jobs."""
        return self.database.write(lambda s: queue.move_along(s, self.policy))

    def restart(self, setup: str = "as it is") -> None:
        """A new process takes over."""
        self.database.write(lambda s: queue.release_all(s, self.now, replace(self.policy, setup=setup)))

    def retry(self, job_id: str) -> None:
        """A person presses the button."""
        self.database.write(lambda s: queue.retry(s, s.get_one(Job, job_id), self.now))

    def jobs(self) -> list[Job]:
        """All of them."""
        with self.database.read() as session:
            found = list(session.exec(select(Job).order_by(Job.created_at, Job.id)))
            session.expunge_all()
            return found

    def job(self, job_id: str | None = None) -> Job:
        """One of them."""
        return next(job for job in self.jobs() if job_id in (None, job.id))

    def route(self, name: str = "email") -> FailingRoute | None:
        """Its breaker; None: it works."""
        with self.database.read() as session:
            found = session.get(FailingRoute, name)
            session.expunge_all()
            return found


@contextmanager
def queue_in_memory() -> Iterator[Queue]:
    """An empty one."""
    database = InMemory()
    database.write(_plant)
    try:
        yield Queue(database)
    finally:
        database.close()


@contextmanager
def queue_on_disk(folder: Path) -> Iterator[Queue]:
    """An empty one that threads may share."""
    database = Database(folder / "x.db", bytes(32))
    upgrade(database.engine)
    database.open()
    database.write(_plant)
    try:
        yield Queue(database)
    finally:
        database.close()


def _plant(session: Session) -> None:
    values = {"site_key": "k", "name": "n", "phone": "p", "timezone": "UTC", "coordinator_email": "c@c.example"}
    session.add(Clinic(id="clinic_1", created_at=NOON, **values))
