"""The classes of retention: what is kept for how long, and how it goes (docs/retention.md)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, literal_column, null, select
from sqlmodel import Session, SQLModel, col

from app.dialogue.state import State, language_in
from app.settings import Settings
from app.store.erase import erase_conversations
from app.store.tables import Conversation, Egress, Job, Lead, Message, Notice, ResumeLink, UnansweredQuestion

SETTLED = ("delivered", "written", "suppressed")
"""States of a notice after which nobody waits for it. What is not in this list keeps its lead."""
Query = Select[*tuple[Any, ...]]
Due = Callable[[datetime], Query]
Remove = Callable[[Session, list[Any], datetime], "Removed"]


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows by table, and notices whose files in the local mailbox go as well."""

    rows: Mapping[str, int]
    notice_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """`due(before)` selects (id, clinic id) of what is older than `before`; `remove` takes some of it away. `of_clinic`
    is false where rows belong to the install."""

    name: str
    keep: Callable[[Settings], timedelta]
    due: Due
    remove: Remove
    of_clinic: bool = True


def _days(setting: str) -> Callable[[Settings], timedelta]:
    return lambda settings: timedelta(days=getattr(settings, setting))


def _hours(setting: str) -> Callable[[Settings], timedelta]:
    return lambda settings: timedelta(hours=getattr(settings, setting))


def _no_lead() -> Any:
    return ~exists().where(col(Lead.conversation_id) == col(Conversation.id))


def _nobody_waits() -> Any:
    """No notice about the conversation is on its way, held or dead."""
    about = col(Notice.lead_id) == col(Lead.id)
    open_ = exists().where(about, col(Notice.state).not_in(SETTLED))
    return ~exists().where(col(Lead.conversation_id) == col(Conversation.id), open_)


def _quiet(before: datetime) -> Query:
    quiet = col(Conversation.last_message_at) < before
    both: Query = select(col(Conversation.id), col(Conversation.clinic_id))
    return both.where(quiet)


def _talks(before: datetime) -> Query:
    return _quiet(before).where(_no_lead())


def _leads(before: datetime) -> Query:
    touched = exists().where(col(Lead.conversation_id) == col(Conversation.id), col(Lead.updated_at) >= before)
    return _quiet(before).where(~_no_lead(), ~touched, _nobody_waits())


def _transcripts(before: datetime) -> Query:
    return _quiet(before).where(~_no_lead(), _nobody_waits(), col(Conversation.words_deleted_at).is_(None))


def _erase(session: Session, ids: list[str], now: datetime) -> Removed:  # noqa: ARG001
    gone = erase_conversations(session, ids)
    return Removed(gone.rows, gone.notice_ids)


def _silence(session: Session, ids: list[str], now: datetime) -> Removed:
    """The words go; the request that came of them, with its fields, stays."""
    counts: Counter[str] = Counter()
    for table in (Message, UnansweredQuestion, ResumeLink, Egress):
        rows = delete(table).where(col(table.conversation_id).in_(ids))
        counts[str(table.__tablename__)] += session.connection().execute(rows).rowcount
    session.expire_all()
    for talk in session.execute(select(Conversation).where(col(Conversation.id).in_(ids))).scalars():
        talk.state = State(language=language_in(talk.state)).to_json()
        talk.words_deleted_at = now
        session.add(talk)
    return Removed({name: number for name, number in counts.items() if number})


def _rows(name: str, age: str, *conditions: Any) -> tuple[Due, Remove]:
    """Rows of one table; by `rowid`, because not every table has an id of its own."""
    table = SQLModel.metadata.tables[name]
    key: Any = literal_column(f"{name}.rowid")

    def due(before: datetime) -> Query:
        clinic = table.c.clinic_id if "clinic_id" in table.c else null()
        return select(key, clinic).select_from(table).where(table.c[age] < before, *conditions)

    def remove(session: Session, ids: list[Any], now: datetime) -> Removed:  # noqa: ARG001
        session.flush()
        gone = session.connection().execute(delete(table).where(key.in_(ids))).rowcount
        session.expire_all()
        return Removed({name: gone})

    return due, remove


CLASSES = (
    RetentionClass("talks", _days("retain_talks_d"), _talks, _erase),
    RetentionClass("leads", _days("retain_leads_d"), _leads, _erase),
    RetentionClass("transcripts", _days("retain_transcripts_d"), _transcripts, _silence),
    RetentionClass("unanswered", _days("retain_unanswered_d"), *_rows("unanswered_question", "created_at")),
    RetentionClass("egress", _days("retain_egress_d"), *_rows("egress", "sent_at")),
    RetentionClass("links", _days("retain_ended_d"), *_rows("resume_link", "expires_at")),
    RetentionClass("sessions", _days("retain_ended_d"), *_rows("staff_session", "expires_at"), of_clinic=False),
    RetentionClass("jobs", _days("retain_jobs_d"), *_rows("job", "finished_at", col(Job.state) == "done")),
    RetentionClass("requests", _hours("retain_requests_h"), *_rows("idempotency", "created_at")),
)
