"""deliver_alert: one try to tell one person of an outage."""

from collections.abc import Callable

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.delivery.base import AlertFacts, Target
from app.desk import Desk
from app.errors import JobError, Permanent, Transient
from app.jobs.queue import Claimed, FailedState, Unsent
from app.store.tables import Clinic, Destination, Notice, Outage
from app.usecases.raise_alert import OPERATOR_EMAIL, OPERATOR_WEBHOOK, tell_another
from app.usecases.told_by import target_of

REFUSED_OFTEN = 10
REFUSED_AGAIN_S = 3600.0
"""After so many tries, an alert that is refused for good is tried once an hour until the horizon."""


def deliver_alert(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Sends the alert that the job names. Raises Transient or Operator, never Permanent: what refuses the notices often
    refuses word of it too, and somebody must hear of it when that has passed."""
    with desk.database.read() as session:
        outage = session.get(Outage, str(job.payload["outage_id"]))
        target = _target(desk, session, str(job.payload["to"]))
        if outage is None or target is None:
            return Unsent()
        facts = _facts(desk, session, outage, job)
    try:
        desk.transports[target.channel].alert(facts, target)
    except Permanent as refused:
        wait = REFUSED_AGAIN_S if job.attempt >= REFUSED_OFTEN else None
        raise Transient(refused.message, retry_after_s=wait) from refused
    return lambda _session: None


def alert_failed(desk: Desk, session: Session, job: Claimed, error: JobError, state: FailedState) -> None:  # noqa: ARG001
    """It is tried again like a notice; meanwhile somebody else is told. Nobody is alerted to an alert."""
    tell_another(desk, session, str(job.payload["outage_id"]), job.clinic_id)


def _target(desk: Desk, session: Session, to: str) -> Target | None:
    settings = desk.settings
    if to == OPERATOR_EMAIL:
        return Target(to, "email", settings.alert_email) if settings.alert_email else None
    if to == OPERATOR_WEBHOOK:
        hook = settings.alert_webhook
        return Target(to, "slack", hook.get_secret_value()) if hook else None
    destination = session.get(Destination, to)
    return target_of(destination, desk.clock()) if destination is not None and destination.active else None


def _facts(desk: Desk, session: Session, outage: Outage, job: Claimed) -> AlertFacts:
    """To the operator about all clinics, to a clinic about its own. No word of a patient, and no reference."""
    operator = job.payload["to"] in (OPERATOR_EMAIL, OPERATOR_WEBHOOK)
    clinic = session.get_one(Clinic, job.clinic_id)
    stuck = select(Notice.state, func.count()).where(col(Notice.state).in_(["pending", "held", "dead"]))
    mine = stuck if operator else stuck.where(Notice.clinic_id == clinic.id)
    counts: dict[str, int] = dict(session.exec(mine.group_by(col(Notice.state))).all())
    refusing = session.get(Destination, outage.destination_id) if outage.destination_id else None
    return AlertFacts(
        alert_id=job.id,
        kind=outage.kind,
        channel=outage.route.partition(":")[0],
        clinic=None if operator and refusing is None else clinic.name,
        place=refusing.shown if refusing else None,
        error=outage.error,
        dead=counts.get("dead", 0),
        waiting=counts.get("pending", 0) + counts.get("held", 0),
        link=f"{desk.settings.url}/dashboard/{clinic.site_key}/leads?unsent=true",
        created_at=job.created_at,
    )
