"""The breaker of each route: one that fails as a whole is probed by one job at a time, and the first success opens it
for all that wait."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.errors import Operator, Transient
from app.jobs.policy import RetryPolicy
from app.jobs.pressing import AHEAD, PRESSES
from app.store.rows import run
from app.store.tables import FailingRoute, Job

_FAILS = select_columns(col(FailingRoute.name)).where(col(FailingRoute.name) == bindparam("name"))
BY_HAND_APART = timedelta(seconds=10)
"""A person who presses Retry again and again must not lock the clinic's mail account."""


def failed(
    session: Session, name: str, error: Transient | Operator, now: datetime, policy: RetryPolicy, *, probe: bool
) -> None:
    """Notes that the route as a whole failed. Of several jobs that were in flight when it went down, the first counts:
    one hiccup is one failure."""
    route = session.get(FailingRoute, name)
    held = isinstance(error, Operator)
    if route is None:
        route = FailingRoute(name=name, since=now, failures=0, probe_at=now, failed_at=now, error=error.message)
    elif not probe and route.held == held:
        return
    route.failures, route.failed_at, route.error = route.failures + 1, now, error.message
    route.held, route.setup = held, policy.setup
    route.probe_at = now + timedelta(seconds=policy.probe_wait(route.failures, error))
    session.add(route)


def works(session: Session, name: str, now: datetime, *, probe: bool) -> None:
    """Notes that the route let something through, or at least answered. After a probe, all that waited for it comes due
    at once, except what must wait for a reason of its own."""
    if not run(session, _FAILS, name=name).first():
        return
    session.delete(session.get_one(FailingRoute, name))
    if probe:
        waiting = update(Job).where(col(Job.route) == name, col(Job.state) == "pending", col(Job.waits_for_route))
        free = waiting.where(col(Job.lease_holder).is_(None))
        session.execute(free.where(PRESSES).values(due_at=now - AHEAD, set_at=now, waits_for_route=False))
        unbound = free.where(col(Job.not_before).is_(None) | (col(Job.not_before) <= now))
        session.execute(unbound.values(due_at=now, set_at=now, waits_for_route=False))
        bound = free.where(col(Job.not_before) > now)
        session.execute(bound.values(due_at=col(Job.not_before), set_at=now, waits_for_route=False))


def probe_soon(session: Session, name: str, now: datetime) -> None:
    """A person says that the route may work again: it is probed now, or ten seconds after the last failure."""
    route = session.get(FailingRoute, name)
    if route is not None:
        route.probe_at = min(route.probe_at, max(now, route.failed_at + BY_HAND_APART))
        session.add(route)


def started(session: Session, now: datetime, setup: str) -> None:
    """At start: what is held because of the settings is probed at once when these are others now."""
    for route in session.exec(select(FailingRoute).where(col(FailingRoute.held), FailingRoute.setup != setup)):
        route.probe_at = now
        session.add(route)
