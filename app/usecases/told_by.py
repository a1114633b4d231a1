"""told_by: what a notice says and where it goes, read at the moment of sending: the newest facts, and only what the
destination may carry now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from app.delivery.base import NoticeFacts, Target
from app.delivery.summary import bare
from app.desk import Desk
from app.store.access import columns_of
from app.store.queries.clinics import ClinicFacts, clinic_of_id
from app.store.queries.leads import LeadDetail, lead_in
from app.store.rows import run
from app.store.tables import Destination, Lead, Notice
from app.usecases.summarise_lead import summary_of

_NOTICE = select_columns(SQLModel.metadata.tables["notice"]).where(col(Notice.id) == bindparam("notice_id"))


def told_by(desk: Desk, notice_id: str) -> tuple[NoticeFacts, Target | None] | None:
    """None when the notice is gone, or needs no sending any more; no target when its destination was removed after it
    was queued."""
    with desk.database.read() as session:
        notice = run(session, _NOTICE, notice_id=notice_id).first()
        if notice is None or notice.state not in ("pending", "held", "dead"):
            return None
        clinic, thread = clinic_of_id(session, notice.clinic_id), _first(session, notice)
        destination = columns_of(session, Destination, clinic.id, notice.destination_id)
        allowed = allowed_fields(destination, clinic)
        target = target_of(destination, desk.clock()) if destination.active else None
        found = lead_in(session, clinic.id, notice.lead_id)
    return _facts(desk, clinic, notice, found, thread, allowed), target


def target_of(destination: Destination | Row[Any], now: datetime) -> Target:
    """Where it goes, with the secrets that sign now."""
    signing = [str(one["secret"]) for one in destination.secrets if not _over(one, now)]
    return Target(destination.id, destination.channel, destination.address, tuple(signing))


def allowed_fields(destination: Destination | Row[Any], clinic: ClinicFacts) -> tuple[str, ...]:
    """Slots that it may carry, `*` for all."""
    return clinic.email_fields if destination.fields is None else tuple(destination.fields)


def _over(secret: Mapping[str, Any], now: datetime) -> bool:
    return secret["until"] is not None and datetime.fromisoformat(secret["until"]) <= now


def _facts(
    desk: Desk, clinic: ClinicFacts, notice: Row[Any], found: LeadDetail, thread: str | None, allowed: Sequence[str]
) -> NoticeFacts:
    filled = {slot.name: slot.value for slot in found.slots if slot.status == "filled"}
    whole = summary_of(desk, clinic, found)
    return NoticeFacts(
        notice_id=notice.id,
        referral_id=found.id,
        kind=notice.kind,
        thread_id=thread,
        clinic=clinic.name,
        site_key=clinic.site_key,
        reference=found.reference,
        summary=whole.only(allowed) if allowed else bare(whole),
        link=f"{desk.settings.url}/dashboard/{clinic.site_key}/leads/{found.id}",
        created_at=notice.created_at,
        local_time=f"{found.created_at.astimezone(ZoneInfo(clinic.timezone)):%A, %B %d, %Y, %I:%M %p}",
        outcome=str(found.decision.outcome) if found.decision else None,
        fields={name: value for name, value in filled.items() if "*" in allowed or name in allowed},
    )


def _first(session: Session, notice: Row[Any]) -> str | None:
    """The notice that this one goes on from, about the same lead or the one that said the same before; mail programs
    show the two together."""
    again = columns_of(session, Lead, notice.clinic_id, notice.lead_id).repeat_of
    if notice.number == 1 and again is None:
        return None
    lead_id = again if notice.number == 1 else notice.lead_id
    first = select(Notice.id).where(Notice.lead_id == lead_id, Notice.destination_id == notice.destination_id)
    return session.exec(first.where(Notice.number == 1)).first()
