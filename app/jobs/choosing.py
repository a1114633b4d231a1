"""Which job is done next: the one due longest, unless its route is down or has enough in flight. Only reads."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, text
from sqlmodel import Session, col, select

from app.store.tables import OPEN_JOBS, FailingRoute, Job

WIDE = 3
"""In flight at most on a route that everybody shares (`email`): one of the four threads stays for the others."""
NARROW = 2
"""In flight at most on all routes of one destination each (`webhook:dest_...`) together, and one on each: a few
webhooks that hang must not keep the mail waiting."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A job to do now. `probe`: its route is down, and this one finds out whether it still is."""

    job: Job
    probe: bool


@dataclass(frozen=True, slots=True)
class _Traffic:
    """What is in flight on each route, and the routes that are down."""

    flying: Mapping[str, int]
    failing: Mapping[str, FailingRoute]

    def full(self) -> list[str]:
        """Routes that take no more: they are down, or have enough in flight."""
        return [
            *self.failing,
            *(name for name, count in self.flying.items() if count >= (1 if _narrow(name) else WIDE)),
        ]

    @property
    def narrow_full(self) -> bool:
        return sum(count for name, count in self.flying.items() if _narrow(name)) >= NARROW

    def may_probe(self, name: str) -> bool:
        """One at a time on each; and on only one narrow route, so that those which work always have a place."""
        if name in self.flying:
            return False
        probing = any(_narrow(other) and other in self.failing for other in self.flying)
        return not _narrow(name) or not (self.narrow_full or probing)


def choose(session: Session, kinds: Sequence[str], now: datetime, running: Collection[str] = ()) -> Choice | None:
    """The next job of these kinds, None when none may be done now. `running` are the ids that this process is working
    on: their leases hold whatever the clock says."""
    traffic = _traffic(session, now, running)
    due = session.exec(_due(kinds, now, running, traffic).order_by(col(Job.due_at)).limit(1)).first()
    for name in sorted(traffic.failing, key=lambda name: traffic.failing[name].probe_at):
        route = traffic.failing[name]
        if route.probe_at > now or (due is not None and due.due_at <= route.probe_at):
            break
        probe = _prober(session, name, kinds, now, running) if traffic.may_probe(name) else None
        if probe is not None:
            return Choice(probe, probe=True)
    return None if due is None else Choice(due, probe=False)


def to_hold(session: Session, limit: int) -> list[tuple[Job, str]]:
    """Jobs that wait for a route which someone must set up, with the reason: they are held without a try each."""
    found: list[tuple[Job, str]] = []
    for route in session.exec(select(FailingRoute).where(col(FailingRoute.held))).all():
        mine = select(Job).where(Job.route == route.name, Job.state == "pending", col(Job.lease_holder).is_(None))
        found += [(job, route.error) for job in session.exec(mine.limit(limit - len(found)))]
    return found


def too_old(session: Session, horizon: timedelta, limit: int) -> list[tuple[Job, str]]:
    """Jobs whose time was over when their route was last tried in vain, with the reason."""
    found: list[tuple[Job, str]] = []
    for route in session.exec(select(FailingRoute).where(~col(FailingRoute.held))):
        old = select(Job).where(
            Job.route == route.name,
            Job.state == "pending",
            col(Job.created_at) <= route.failed_at - horizon,
            col(Job.lease_holder).is_(None),
            or_(col(Job.not_before).is_(None), col(Job.not_before) <= route.failed_at),
        )
        found += [(job, route.error) for job in session.exec(old.limit(limit - len(found)))]
    return found


def _traffic(session: Session, now: datetime, running: Collection[str]) -> _Traffic:
    leased = select(Job.route).where(col(Job.lease_holder).is_not(None))  # a word more, and it looks through every job
    alive = or_(col(Job.lease_until) > now, col(Job.id).in_(running))
    flying = Counter(route for route in session.exec(leased.where(alive)) if route is not None)
    return _Traffic(flying, {route.name: route for route in session.exec(select(FailingRoute))})


def _due(kinds: Sequence[str], now: datetime, running: Collection[str], traffic: _Traffic) -> Any:
    """Held jobs of a route that works again are due like the others."""
    route = col(Job.route)
    open_ = or_(route.is_(None), route.not_in(traffic.full()))
    if traffic.narrow_full:
        open_ = or_(route.is_(None), ~route.contains(":") & route.not_in(traffic.full()))
    state = or_(col(Job.state) == "pending", (col(Job.state) == "held") & route.is_not(None))
    return _free(kinds, now, running).where(state, col(Job.due_at) <= now, open_)


def _prober(session: Session, name: str, kinds: Sequence[str], now: datetime, running: Collection[str]) -> Job | None:
    """The one tried least: a job that breaks its route each time must not be the only one that ever asks."""
    mine = _free(kinds, now, running).where(Job.route == name)
    ready = mine.where(or_(col(Job.not_before).is_(None), col(Job.not_before) <= now))
    found: Job | None = session.exec(ready.order_by(col(Job.attempts), col(Job.created_at)).limit(1)).first()
    return found


def _free(kinds: Sequence[str], now: datetime, running: Collection[str]) -> Any:
    free = or_(col(Job.lease_until).is_(None), col(Job.lease_until) <= now)
    return select(Job).where(text(OPEN_JOBS), col(Job.kind).in_(kinds), free, col(Job.id).not_in(running))


def _most(route: str) -> int:
    return 1 if _narrow(route) else WIDE


def _narrow(route: str) -> bool:
    return ":" in route
