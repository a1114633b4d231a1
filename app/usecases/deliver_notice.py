"""deliver_notice: one try to hand one notice over; how it ended is committed with the job's end."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from app.delivery.notices import NoticeFacts, render
from app.desk import Desk
from app.errors import JobError, Permanent
from app.jobs.queue import Claimed, FailedState
from app.store import audit
from app.store.queries.clinics import clinic_of_id
from app.store.queries.leads import lead
from app.store.tables import Notice
from app.usecases.summarise_lead import summary_of


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
        clinic, thread = clinic_of_id(session, notice.clinic_id), _first(session, notice)
    found = lead(desk.database, clinic.id, notice.lead_id)
    return NoticeFacts(
        notice_id=notice.id,
        referral_id=found.id,
        kind=notice.kind,
        thread_id=thread,
        recipient=notice.destination,
        clinic=clinic.name,
        reference=found.reference,
        summary=summary_of(desk, clinic, found).only(clinic.email_fields),
        link=f"{desk.settings.url}/dashboard/{clinic.site_key}/leads/{found.id}",
        created_at=notice.created_at,
        local_time=f"{found.created_at.astimezone(ZoneInfo(clinic.timezone)):%A, %B %d, %Y, %I:%M %p}",
    )


def _first(session: Session, notice: Notice) -> str | None:
    """The notice that this one goes on from; mail programs show the two together."""
    mine = select(Notice.id).where(Notice.lead_id == notice.lead_id, Notice.destination == notice.destination)
    return session.exec(mine.where(Notice.number == 1)).first() if notice.number > 1 else None
