"""What to do when the system's clock was wrong."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.store.tables import OPEN_JOBS, FailingRoute, Job

SLACK = timedelta(seconds=5)
"""Corrections up to this are everyday; waiting five seconds longer hurts nobody."""


def mend_waits(session: Session, now: datetime) -> int:
    """After the clock went back: waits that were set in what is the future now keep their length, counted from now.
    Without it a notice that failed while the clock was five hours ahead would wait five hours more. Returns how many
    jobs and routes it touched."""
    jobs = select(Job).where(text(OPEN_JOBS), col(Job.set_at) > now + SLACK)
    mended = 0
    for job in session.exec(jobs):
        back = (job.set_at or now) - now
        job.set_at, job.created_at = now, min(job.created_at, now)
        job.due_at -= back
        job.not_before = job.not_before and job.not_before - back
        job.lease_until = job.lease_until and job.lease_until - back
        session.add(job)
        mended += 1
    for route in session.exec(select(FailingRoute).where(col(FailingRoute.failed_at) > now + SLACK)):
        back = route.failed_at - now
        route.failed_at, route.since, route.probe_at = now, min(route.since, now), route.probe_at - back
        session.add(route)
        mended += 1
    return mended


def needs_mending(session: Session, now: datetime) -> bool:
    """Whether `mend_waits` would do something."""
    job = select(Job.id).where(text(OPEN_JOBS), col(Job.set_at) > now + SLACK)
    route = select(FailingRoute.name).where(col(FailingRoute.failed_at) > now + SLACK)
    return session.exec(job.limit(1)).first() is not None or session.exec(route.limit(1)).first() is not None
