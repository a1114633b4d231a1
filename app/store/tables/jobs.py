"""Background work that survives a crash, and the ways out that do not work right now."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment

OPEN_JOBS = "state IN ('pending', 'held')"
"""As text, because the index of open jobs is used only by queries that say this word for word: finished jobs grow and
grow, and no claim should look through them."""


class Job(SQLModel, table=True):
    """One piece of work. `state`: pending, held (an operator must act), done or dead. A pending or held job whose
    `lease_until` lies ahead is being worked on by `lease_holder`."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_open", "due_at", sqlite_where=text(OPEN_JOBS)),
        Index("ix_job_leased", "lease_holder", sqlite_where=text("lease_holder IS NOT NULL")),
        Index("ix_job_route", "route", "state"),
    )

    id: str = identifier("job")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    kind: str
    route: str | None = None
    """Which way out it takes: the breaker, probing and the limit of what is in flight group by it. None: it reaches
    nobody outside."""
    payload: dict[str, Any] = json_column(dict)
    state: str = "pending"
    due_at: datetime = moment()
    not_before: datetime | None = moment(null=True)
    """A wait that nothing cuts short, not even a route that works again: after an ambiguous ending, say."""
    waits_for_route: bool = False
    """Its last try found the whole route down; it comes due when the route works again, if not before."""
    set_at: datetime | None = moment(null=True)
    """When `due_at` was set: it tells a clock that went back."""
    attempts: int = 0
    lease_holder: str | None = None
    lease_until: datetime | None = moment(null=True)
    last_error: str | None = None
    created_at: datetime = moment()
    finished_at: datetime | None = moment(null=True)


class FailingRoute(SQLModel, table=True):
    """A way out that failed as a whole; no row: it works. Only one job at a time probes it, from `probe_at` on."""

    __tablename__ = "failing_route"

    name: str = Field(primary_key=True)
    held: bool = False
    """Someone must change the set-up; its jobs are held and do not grow old."""
    since: datetime = moment()
    failures: int = 1
    """Probes that failed in a row, and the failure that opened it."""
    probe_at: datetime = moment()
    failed_at: datetime = moment()
    """Of the newest failure; `probe_at` was set then."""
    error: str
    setup: str = ""
    """Stands for the settings with which it failed: with others it is tried at once."""
