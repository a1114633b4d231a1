"""What left for a language model, how much of it a clinic used, and how the model did in the practice messages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlmodel import Session, col

from app.store.access import row_of
from app.store.session import Database
from app.store.tables import Clinic, Egress, Lead, ModelDay, ModelExam

PAGE = 50


@dataclass(frozen=True, slots=True)
class EgressLine:
    """One request that left, without what it said. `result` is "ok", a `Failure`'s value, or "" while it runs or when
    the desk stopped in between; `lead_id` is what came of its conversation, if anything did."""

    id: str
    conversation_id: str | None
    lead_id: str | None
    purpose: str
    host: str
    model: str
    local: bool
    redacted: bool
    sent_at: datetime
    ended_at: datetime | None
    result: str
    prompt_tokens: int
    completion_tokens: int
    tokens_estimated: bool

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return round((self.ended_at - self.sent_at).total_seconds(), 2) if self.ended_at else None


@dataclass(frozen=True, slots=True)
class EgressPage:
    """Up to 50 lines, newest first; `older` is what to give as `before` for those behind them, None at the end."""

    lines: tuple[EgressLine, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class EgressEntry:
    """One request with its `body`, as it left; None where the reader may not see patients' words."""

    line: EgressLine
    body: str | None


@dataclass(frozen=True, slots=True)
class DayUse:
    """A calendar day of the clinic's zone. `reserved_tokens` are of calls that run."""

    day: date
    calls: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    reserved_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Sent and written."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class ExamResult:
    """`right` of `asked` practice messages; `exam` names their version."""

    exam: str
    right: int
    asked: int
    passed: bool
    taken_at: datetime


NAMES = [name for name in EgressLine.__dataclass_fields__ if name != "lead_id"]
COLUMNS = [getattr(Egress, name) for name in NAMES]
"""Not `body`: a page of fifty would read a megabyte for nothing."""


def egress_page(database: Database, clinic_id: str, before: str | None = None, most: int = PAGE) -> EgressPage:
    """What left for the clinic; `before` is the id of the line to go on behind. Raises NotFound for another clinic's
    id, or one that is gone."""
    query = select(*COLUMNS).where(col(Egress.clinic_id) == clinic_id)
    with database.read() as session:
        if before is not None:
            last = row_of(session, Egress, clinic_id, before)
            query = query.where(tuple_(col(Egress.sent_at), col(Egress.id)) < (last.sent_at, last.id))
        query = query.order_by(col(Egress.sent_at).desc(), col(Egress.id).desc()).limit(most + 1)
        rows = list(session.execute(query))
        leads = _leads(session, [row.conversation_id for row in rows])
    lines = tuple(_line(row, leads) for row in rows[:most])
    return EgressPage(lines, lines[-1].id if len(rows) > most else None)


def egress_entry(database: Database, clinic_id: str, egress_id: str) -> EgressEntry:
    """One of them. Raises NotFound for another clinic's."""
    with database.read() as session:
        found = row_of(session, Egress, clinic_id, egress_id)
        return EgressEntry(_line(found, _leads(session, [found.conversation_id])), found.body)


def _line(row: Any, leads: dict[str, str]) -> EgressLine:
    return EgressLine(**{name: getattr(row, name) for name in NAMES}, lead_id=leads.get(row.conversation_id))


def _leads(session: Session, talks: list[str | None]) -> dict[str, str]:
    """Conversation to its newest lead."""
    named = [one for one in talks if one is not None]
    query = select(col(Lead.conversation_id), col(Lead.id)).where(col(Lead.conversation_id).in_(named))
    return {row[0]: row[1] for row in session.execute(query.order_by(col(Lead.created_at)))}


def model_days(database: Database, clinic_id: str, since: date) -> list[DayUse]:
    """Days with any use, from `since` on, newest first."""
    query = select(ModelDay).where(col(ModelDay.clinic_id) == clinic_id, col(ModelDay.day) >= since)
    with database.read() as session:
        rows = session.execute(query.order_by(col(ModelDay.day).desc())).scalars()
        names = list(DayUse.__dataclass_fields__)
        return [DayUse(**{name: getattr(row, name) for name in names}) for row in rows]


def model_exam(database: Database, host: str, model: str) -> ExamResult | None:
    """The last exam that this model took at this server, of whatever version."""
    query = select(ModelExam).where(col(ModelExam.host) == host, col(ModelExam.model) == model)
    with database.read() as session:
        row = session.execute(query.order_by(col(ModelExam.taken_at).desc()).limit(1)).scalars().first()
        return row and ExamResult(row.exam, row.right, row.asked, row.passed, row.taken_at)


def clinics_with_model(database: Database) -> list[str]:
    """Names of the clinics that have it on."""
    query = select(col(Clinic.name)).where(col(Clinic.model_on)).order_by(col(Clinic.name))
    with database.read() as session:
        return list(session.execute(query).scalars())
