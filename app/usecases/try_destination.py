"""try_destination: sends a harmless example now, so that a manager sees whether a destination works."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.clock import new_id
from app.delivery.base import NoticeFacts, Target
from app.delivery.summary import Summary, say
from app.desk import Desk
from app.errors import JobError
from app.jobs.routes import probe_soon
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import active_destination
from app.usecases.told_by import target_of

REFERENCE = "EXAMPLE"


@dataclass(frozen=True, slots=True)
class Tried:
    """`result`: delivered, written (to the mail folder) or failed; then `code` is the kind of failure."""

    destination_id: str
    result: str
    code: str | None = None
    message: str | None = None
    remedy: str | None = None


def try_destination(desk: Desk, clinic: ClinicFacts, destination_id: str, actor: audit.Actor) -> Tried:
    """What became of an example that holds nothing of any patient. Raises NotFound."""
    now = desk.clock()

    def begin(session: Session) -> tuple[Target, str]:
        row = active_destination(session, clinic.id, destination_id)
        audit.record(session, now, actor, "test_destination", ("destination", row.id), clinic.id)
        return target_of(row, now), row.route

    target, route = desk.database.write(begin)
    try:
        ended = desk.transports[target.channel].send(_example(desk, clinic, now), target)
    except JobError as problem:
        return Tried(destination_id, "failed", problem.code, problem.message, problem.remedy)
    desk.database.write(lambda session: probe_soon(session, route, desk.clock()))  # what waits for it goes out, too
    desk.wake()
    return Tried(destination_id, ended)


def _example(desk: Desk, clinic: ClinicFacts, now: datetime) -> NoticeFacts:
    return NoticeFacts(
        notice_id=new_id("example"),
        referral_id="lead_example",
        kind="example",
        clinic=clinic.name,
        site_key=clinic.site_key,
        reference=REFERENCE,
        summary=Summary(say("example"), (), ()),
        link=f"{desk.settings.url}/dashboard/{clinic.site_key}/leads",
        created_at=now,
        local_time=f"{now.astimezone(ZoneInfo(clinic.timezone)):%A, %B %d, %Y, %I:%M %p}",
    )
