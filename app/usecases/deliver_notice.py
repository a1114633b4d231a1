"""deliver_notice: one try to hand one notice over; how it ended is committed with the job's end."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.delivery.notices import NoticeFacts, render
from app.desk import Desk
from app.dialogue.action import SlotSpec
from app.dialogue.reading_back import read_back, shown
from app.dialogue.wording import Wording
from app.errors import JobError, Permanent
from app.jobs.queue import Claimed, FailedState
from app.store import audit
from app.store.queries.actions import action_made_with
from app.store.queries.clinics import ClinicFacts, clinic_of_id
from app.store.tables import Lead, Notice


def deliver_notice(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Sends the notice that the job names. Raises Transient, Permanent or Operator. The lease makes two senders at
    a time rare; a crash after sending repeats it with the same Message-ID."""
    notice_id = str(job.payload["notice_id"])
    facts = _facts(desk, notice_id)
    if facts is None:
        return None
    ended = desk.mail.send(render(facts, desk.settings.mail_from))

    def record(session: Session) -> None:
        notice = session.get_one(Notice, notice_id)
        notice.state, notice.finished_at = ended, desk.clock()
        notice.attempts, notice.last_error = notice.attempts + 1, None
        session.add(notice)
        audit.record(session, desk.clock(), audit.DESK, f"notice_{ended}", ("notice", notice_id), notice.clinic_id)

    return record


def notice_failed(desk: Desk, session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Notes a failed try on the notice, for the inbox."""
    notice = session.get(Notice, str(job.payload["notice_id"]))
    if notice is None:
        return
    notice.state, notice.attempts, notice.last_error = state, notice.attempts + 1, error.message
    session.add(notice)
    if state != "pending":
        audit.record(session, desk.clock(), audit.DESK, f"notice_{state}", ("notice", notice.id), notice.clinic_id)


def _facts(desk: Desk, notice_id: str) -> NoticeFacts | None:
    with desk.database.read() as session:
        notice = session.get(Notice, notice_id)
        if notice is None:
            raise Permanent(f"notice {notice_id!r} is gone")
        if notice.state in ("delivered", "written"):
            return None
        lead, clinic = session.get_one(Lead, notice.lead_id), clinic_of_id(session, notice.clinic_id)
        made_with = action_made_with(session, lead.clinic_id, lead.action, lead.action_version)
        specs = {spec.name: spec for spec in made_with.slots} if made_with else {}
        labels = {name: spec.label["en"] for name, spec in specs.items()}
        return NoticeFacts(
            notice_id=notice.id,
            referral_id=lead.id,
            kind=lead.status,
            recipient=notice.destination,
            clinic=clinic.name,
            reference=lead.reference,
            fields=[
                (labels.get(name, name), text) for name, text in _allowed(desk.wording("en"), clinic, lead.slots, specs)
            ],
            missing=[labels.get(name, name) for name in lead.missing],
            link=f"{desk.settings.url}/dashboard/{clinic.site_key}/leads/{lead.id}",
            created_at=notice.created_at,
            local_time=f"{lead.created_at.astimezone(ZoneInfo(clinic.timezone)):%A, %B %d, %Y, %I:%M %p}",
        )


def _allowed(
    wording: Wording, clinic: ClinicFacts, slots: Mapping[str, Any], order: Mapping[str, SlotSpec]
) -> list[tuple[str, str]]:
    """What the clinic lets e-mail carry, in the action's order; `*` allows every field."""
    names = [*(name for name in order if name in slots), *(name for name in slots if name not in order)]
    allowed = [name for name in names if "*" in clinic.email_fields or name in clinic.email_fields]
    return [(name, _text(wording, slots[name], order.get(name))) for name in allowed]


def _text(wording: Wording, slot: Mapping[str, Any], spec: SlotSpec | None) -> str:
    if slot["status"] == "filled":
        return shown(spec, slot["value"], wording) if spec else read_back(slot["value"], wording)
    return "would rather not say" if slot["status"] == "declined" else "does not know"
