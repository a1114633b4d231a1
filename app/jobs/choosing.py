"""Which job is done next: the one due longest, unless its route is down or has enough in flight. Only reads."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from app.jobs.pressing import PRESSES
from app.store.rows import each_of, run
from app.store.tables import OPEN_JOBS, FailingRoute, Job

WIDE = 3
"""In flight at most on a route that everybody shares (`email`): one of the four threads stays for the others."""
_FAILING = select_columns(col(FailingRoute.name), col(FailingRoute.probe_at))
NARROW = 2
"""In flight at most on all routes of one destination each (`webhook:dest_...`) together, and one on each: a few
webhooks that hang must not keep the mail waiting."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A job to do now, as a row of its columns. `probe`: its route is down, and this one finds out whether it still
    is."""

    job: Any
    probe: bool


@dataclass(frozen=True, slots=True)
class _Traffic:
    """What is in flight on each route, and the routes that are down."""

    flying: Mapping[str, int]
    failing: Mapping[str, datetime]
    """When each may be probed."""

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


def choose(
    session: Session,
    kinds: Sequence[str],
    now: datetime,
    running: Collection[str] = (),
    waited: timedelta = timedelta(0),
) -> Choice | None:
    """The next job of these kinds, None when none may be done now. `running` are the ids that this process is working
    on: their leases hold whatever the clock says. `waited`: only one that has been due for so long."""
    traffic = _traffic(session, now, running)
    free = {"kinds": list(kinds), "now": now, "running": list(running)}
    due = run(session, _due(wide_only=traffic.narrow_full), full=traffic.full(), due=now - waited, **free).first()
    for name, probe_at in sorted(traffic.failing.items(), key=lambda item: item[1]):
        if probe_at > now or (due is not None and due.due_at <= probe_at):
            break
        probe = run(session, _prober(), route=name, **free).first() if traffic.may_probe(name) else None
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
    leased = run(session, _leased(), now=now, running=list(running))
    failing = {row.name: row.probe_at for row in run(session, _FAILING)}
    return _Traffic(Counter(row.route for row in leased if row.route is not None), failing)


@cache
def _leased() -> Select[Any]:
    leased = select_columns(col(Job.route)).where(col(Job.lease_holder).is_not(None))
    return leased.where(or_(col(Job.lease_until) > bindparam("now"), col(Job.id).in_(each_of("running"))))


@cache
def _due(*, wide_only: bool) -> Select[Any]:
    """Held jobs of a route that works again are due like the others."""
    route = col(Job.route)
    has_room = route.not_in(each_of("full"))
    open_ = or_(route.is_(None), ~route.contains(":") & has_room if wide_only else has_room)
    state = or_(col(Job.state) == "pending", (col(Job.state) == "held") & route.is_not(None))
    due = _free().where(state, col(Job.due_at) <= bindparam("due"), _may_go(), open_)
    return due.order_by(col(Job.due_at)).limit(1)


@cache
def _prober() -> Select[Any]:
    """The one tried least: a job that breaks its route each time must not be the only one that ever asks. Of those, an
    emergency."""
    ready = _free().where(col(Job.route) == bindparam("route"), _may_go())
    return ready.order_by(col(Job.attempts), PRESSES.desc(), col(Job.created_at)).limit(1)


def _may_go() -> ColumnElement[bool]:
    return or_(col(Job.not_before).is_(None), col(Job.not_before) <= bindparam("now"))


def _free() -> Select[Any]:
    free = or_(col(Job.lease_until).is_(None), col(Job.lease_until) <= bindparam("now"))
    jobs = select_columns(SQLModel.metadata.tables["job"])
    return jobs.where(
        text(OPEN_JOBS), col(Job.kind).in_(each_of("kinds")), free, col(Job.id).not_in(each_of("running"))
    )


def _most(route: str) -> int:
    return 1 if _narrow(route) else WIDE


def _narrow(route: str) -> bool:
    return ":" in route
