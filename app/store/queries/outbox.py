"""The outbox: what waits and why, and whether every submitted request is accounted for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, text
from sqlmodel import Session, col, select

from app.store.session import Database
from app.store.tables import OPEN_JOBS, Clinic, FailingRoute, Job, Lead, Notice, Outage

WORST_FIRST = ("dead", "held", "pending", "suppressed", "written", "delivered")
LATE = timedelta(minutes=30)
"""After which people hear of notices that wait, although nothing is given up."""
UNSENT = ("pending", "held", "dead")


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One notice on its way. `age_s` since it was queued; `next_try` None: it is being sent right now, or nothing
    happens by itself; `route_down_since` where its whole way out fails."""

    id: str
    clinic: str
    clinic_id: str
    lead_id: str
    channel: str
    destination: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    created_at: datetime
    age_s: float
    next_try: datetime | None
    sending: bool
    route_down_since: datetime | None


def outbox(database: Database, now: datetime, clinic_id: str | None = None, *, ended: bool = False) -> list[OutboxLine]:
    """Notices that are not delivered yet, oldest first; with `ended` all of them. Nothing a patient said."""
    wanted = select(Notice, Clinic.site_key).join(Clinic, col(Clinic.id) == col(Notice.clinic_id))
    if clinic_id is not None:
        wanted = wanted.where(Notice.clinic_id == clinic_id)
    if not ended:
        wanted = wanted.where(col(Notice.state).in_(UNSENT))
    with database.read() as session:
        deliveries = select(Job).where(Job.kind == "deliver", text(OPEN_JOBS))
        jobs = {str(job.payload.get("notice_id")): job for job in session.exec(deliveries)}
        routes = {route.name: route for route in session.exec(select(FailingRoute))}
        rows = session.exec(wanted.order_by(col(Notice.created_at), col(Notice.id)))
        return [_line(notice, site_key, jobs.get(notice.id), routes, now) for notice, site_key in rows]


def _line(
    notice: Notice, site_key: str, job: Job | None, routes: Mapping[str, FailingRoute], now: datetime
) -> OutboxLine:
    route = routes.get(job.route or "") if job else None
    sending = job is not None and job.lease_holder is not None
    return OutboxLine(
        id=notice.id,
        clinic=site_key,
        clinic_id=notice.clinic_id,
        lead_id=notice.lead_id,
        channel=notice.channel,
        destination=notice.destination,
        kind=notice.kind,
        state=notice.state,
        attempts=notice.attempts,
        last_error=notice.last_error,
        created_at=notice.created_at,
        age_s=round((now - notice.created_at).total_seconds(), 1),
        next_try=None if job is None or sending else _next_try(job, route, now),
        sending=sending,
        route_down_since=route.since if route else None,
    )


def _next_try(job: Job, route: FailingRoute | None, now: datetime) -> datetime:
    """The earliest: of a route that is down only one notice is tried at a time."""
    free = max(job.not_before or now, now)
    return max(route.probe_at, free) if route else max(job.due_at, free)


def orphans(session: Session) -> list[str]:
    """Ids of notices that wait and that no job would ever send."""
    waiting = session.exec(select(Notice.id).where(col(Notice.state).in_(["pending", "held"]))).all()
    if not waiting:
        return []
    named = session.exec(select(Job.payload).where(Job.kind == "deliver", text(OPEN_JOBS)))
    known = {str(payload.get("notice_id")) for payload in named}
    return [notice_id for notice_id in waiting if notice_id not in known]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Every submitted request once, by the worst state of its notices: `submitted` is the sum of `by_state`. A request
    whose notices were all suppressed (their destinations were removed) counts as suppressed; `untold` has none at all:
    that must not be. `orphans` wait and nobody sends them; they are picked up within a minute."""

    submitted: int
    by_state: Mapping[str, int]
    orphans: int

    @property
    def even(self) -> bool:
        """Whether nothing is unaccounted for."""
        return not self.by_state.get("untold") and not self.orphans

    def __str__(self) -> str:
        parts = [f"{number} {state}" for state, number in self.by_state.items() if number]
        return f"{self.submitted} submitted = {' + '.join(parts) or '0'}"


def reckoning(database: Database) -> Reckoning:
    """Counts over the whole install, in one snapshot."""
    states = (*WORST_FIRST, "untold")
    rank = case({state: number for number, state in enumerate(WORST_FIRST)}, value=Notice.state, else_=len(WORST_FIRST))
    worst = (
        select(func.min(rank).label("worst"))
        .select_from(Lead)
        .join(Notice, col(Notice.lead_id) == col(Lead.id), isouter=True)
        .where(col(Lead.submitted_at).is_not(None))
        .group_by(col(Lead.id))
        .subquery()
    )
    with database.read() as session:
        rows = session.execute(select(worst.c.worst, func.count()).group_by(worst.c.worst))
        counted: dict[int, int] = {row[0]: row[1] for row in rows}
        lost = len(orphans(session))
    by_state = {states[number]: counted.get(number, 0) for number in reversed(range(len(states)))}
    return Reckoning(sum(by_state.values()), by_state, lost)


@dataclass(frozen=True, slots=True)
class ClinicOutbox:
    """How a clinic's notices stand. `outages` are the open ones that concern it."""

    pending: int
    held: int
    dead: int
    oldest_seconds: float
    outages: tuple[Outage, ...]

    @property
    def late(self) -> bool:
        """Whether staff should hear of it although nothing is given up."""
        return self.oldest_seconds >= LATE.total_seconds()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, each once."""
        return tuple(dict.fromkeys(outage.error for outage in self.outages))

    @property
    def stuck(self) -> int:
        """How many wait for a person."""
        return self.held + self.dead


def clinic_outbox(database: Database, clinic_id: str, now: datetime) -> ClinicOutbox:
    """Of one clinic."""
    mine = select(Notice.state, func.count(), func.min(Notice.created_at)).where(Notice.clinic_id == clinic_id)
    with database.read() as session:
        rows = session.exec(mine.where(col(Notice.state).in_(UNSENT)).group_by(col(Notice.state))).all()
        routes = session.exec(
            select(Job.route).where(Job.clinic_id == clinic_id, Job.kind == "deliver", Job.state != "done").distinct()
        ).all()
        open_ = select(Outage).where(col(Outage.closed_at).is_(None), col(Outage.route).in_(routes))
        outages = [
            one
            for one in session.exec(open_.order_by(col(Outage.opened_at)))
            if one.destination_id is None
            or session.exec(
                select(Notice.id).where(Notice.destination_id == one.destination_id, Notice.clinic_id == clinic_id)
            ).first()
        ]
        session.expunge_all()
    counts = {state: number for state, number, _ in rows}
    waiting = [at for state, _, at in rows if state != "dead"]
    age = (now - min(waiting)).total_seconds() if waiting else 0.0
    return ClinicOutbox(
        counts.get("pending", 0), counts.get("held", 0), counts.get("dead", 0), round(age, 1), tuple(outages)
    )
