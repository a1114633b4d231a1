"""The leads of a clinic: a page of the list, and one lead with all that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, bindparam, func
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, select

from app.dialogue.lanes import NOT_PATIENTS
from app.qualification.outcomes import Outcome, Point, Reason
from app.store.access import columns_of, row_of
from app.store.queries.rules import queue_order
from app.store.rows import run
from app.store.session import Database
from app.store.tables import Conversation, Lead, Message, Notice, UnansweredQuestion

PAGE = 50
Tray = Literal["all", "patients", "others"]
TROUBLE = ("dead", "held")
HIDDEN = "hidden"
"""The status of a field whose value the reader may not see."""
_SAID = (
    select_columns(SQLModel.metadata.tables["message"])
    .where(col(Message.conversation_id) == bindparam("conversation_id"))
    .where(col(Message.clinic_id) == bindparam("clinic_id"))
    .order_by(col(Message.seq))
)
_SENT = (
    select_columns(SQLModel.metadata.tables["notice"])
    .where(col(Notice.lead_id) == bindparam("lead_id"))
    .order_by(col(Notice.created_at))
)
_OPEN_QUESTIONS = (
    select_columns(col(UnansweredQuestion.question))
    .where(col(UnansweredQuestion.conversation_id) == bindparam("conversation_id"))
    .where(col(UnansweredQuestion.kind) == "no_paper", col(UnansweredQuestion.done_at).is_(None))
    .order_by(col(UnansweredQuestion.created_at))
)
_TWIN = select_columns(col(Lead.id), col(Lead.reference), col(Lead.submitted_at)).where(
    col(Lead.clinic_id) == bindparam("clinic_id")
)
_FIRST = _TWIN.where(col(Lead.id) == bindparam("lead_id"))
_REPEATS = _TWIN.where(col(Lead.repeat_of) == bindparam("lead_id")).order_by(col(Lead.submitted_at))


@dataclass(frozen=True, slots=True)
class LeadLine:
    """One lead of the list. `outcome` None: it was left before there were rules. `notices` are the states of its
    notices; `changed`: something came after it was sent; `sent` counts how often the patient sent the same; `hidden`
    names which of name and reason the reader may not see."""

    id: str
    reference: str
    action: str
    action_version: str
    status: str
    created_at: datetime
    name: str | None
    reason: str | None
    missing: tuple[str, ...]
    outcome: str | None
    score: int
    urgency: int
    notices: tuple[str, ...]
    urgent: bool
    changed: bool
    sent: int = 1
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeadPage:
    """Up to 50 leads; `more` when others follow on the next page (pages count from 1)."""

    leads: tuple[LeadLine, ...]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class SlotView:
    """One field: `status` filled, declined, unknown or hidden; `value` in normal form, `said` as typed."""

    name: str
    status: str
    value: Any
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript; `author` is patient, desk or staff. `disputed`: papers disagreed in it;
    `alarming`: it was taken for an emergency."""

    author: str
    text: str
    at: datetime
    disputed: bool = False
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice. `state`: pending, delivered, written, held or dead; `kind` as in the table."""

    id: str
    channel: str
    destination: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the clinic's rules made of a lead, by `rules_version`, 0 for the shipped ones. `score` and `urgency` are the
    sums of their `points`. `patient_text` is the sentence about the outcome, by language, as the rules have it."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    score: int
    urgency: int
    points: tuple[Point, ...]
    patient_text: Mapping[str, str]
    rules_version: int | None


@dataclass(frozen=True, slots=True)
class Twin:
    """Another lead that says the same."""

    id: str
    reference: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeadDetail:
    """A lead with its fields, the conversation that it came from, and where word of it went. `open_questions` are those
    of the conversation that no paper answered and nobody has dealt with. `repeat_of` said the same before, `repeats`
    say it again. `words_hidden`: the reader may not see what the patient typed, so the transcript is empty."""

    id: str
    reference: str
    action: str
    action_version: str
    status: str
    created_at: datetime
    conversation_id: str
    slots: tuple[SlotView, ...]
    missing: tuple[str, ...]
    decision: Decision | None
    transcript: tuple[Line, ...]
    notices: tuple[NoticeView, ...]
    updated_at: datetime
    submitted_at: datetime | None
    urgent_at: datetime | None
    deletion_asked_at: datetime | None
    ended_at: datetime | None
    caller: str
    language: str
    payer: Mapping[str, Any] | None
    promised: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]
    open_questions: tuple[str, ...]
    repeat_of: Twin | None = None
    repeats: tuple[Twin, ...] = ()
    words_hidden: bool = False

    @property
    def disputed(self) -> bool:
        """Whether the patient got two answers from two papers."""
        return any(line.disputed for line in self.transcript)


def leads(
    database: Database,
    clinic_id: str,
    page: int = 1,
    *,
    in_trouble: bool = False,
    newest: bool = False,
    tray: Tray = "all",
) -> LeadPage:
    """One page of the clinic's leads, the most urgent first, then those with the highest score; with `newest` by age
    alone; one that repeats another is shown with that one. `in_trouble` only those with a notice that is dead or held,
    repeats among them. The tray of `others` holds who is no patient:
    vendors, job seekers, wrong numbers."""
    order = (col(Lead.created_at).desc(), col(Lead.id)) if newest else queue_order()
    query = select(Lead.id).where(Lead.clinic_id == clinic_id).order_by(*order)
    if tray != "all":
        other = col(Lead.caller).in_([caller.value for caller in NOT_PATIENTS])
        query = query.where(other if tray == "others" else ~other)
    if not in_trouble:
        query = query.where(col(Lead.repeat_of).is_(None) | ~_shown_with_another(clinic_id))
    if in_trouble:
        stuck = select(Notice.lead_id).where(Notice.clinic_id == clinic_id, col(Notice.state).in_(TROUBLE))
        query = query.where(col(Lead.id).in_(stuck))
    with database.read() as session:
        ids = session.exec(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
        rows = {lead.id: lead for lead in session.exec(select(Lead).where(col(Lead.id).in_(ids)))}
        found = [rows[lead_id] for lead_id in ids]
        states = _notice_states(session, clinic_id, [lead.id for lead in found])
        again = _times_repeated(session, clinic_id, [lead.id for lead in found])
        lines = [_line(lead, states.get(lead.id, ()), 1 + again.get(lead.id, 0)) for lead in found[:PAGE]]
    return LeadPage(tuple(lines), page, len(found) > PAGE)


def lead(database: Database, clinic_id: str, lead_id: str) -> LeadDetail:
    """One lead. Raises NotFound for another clinic's."""
    with database.read() as session:
        return lead_in(session, clinic_id, lead_id)


def lead_in(session: Session, clinic_id: str, lead_id: str) -> LeadDetail:
    """As `lead`, in the caller's session."""
    found = columns_of(session, Lead, clinic_id, lead_id)
    talk = columns_of(session, Conversation, clinic_id, found.conversation_id)
    said = run(session, _SAID, conversation_id=talk.id, clinic_id=clinic_id).all()
    alarms = {message.id for message in said if (message.done or {}).get("emergency")}
    sent = run(session, _SENT, lead_id=lead_id)
    return LeadDetail(
        id=found.id,
        reference=found.reference,
        action=found.action,
        action_version=found.action_version,
        status=found.status,
        created_at=found.created_at,
        conversation_id=found.conversation_id,
        slots=tuple(slot_of(name, slot) for name, slot in found.slots.items()),
        missing=tuple(found.missing),
        decision=decision_of(found),
        transcript=_transcript(talk, said, alarms),
        notices=tuple(_notice(n) for n in sent),
        updated_at=found.updated_at,
        submitted_at=found.submitted_at,
        urgent_at=found.urgent_at,
        deletion_asked_at=talk.deletion_asked_at,
        ended_at=talk.ended_at,
        caller=found.caller,
        language=found.language,
        payer=found.payer,
        promised=tuple(found.promised),
        changes=tuple(found.changes),
        open_questions=tuple(_open_questions(session, talk.id)),
        repeat_of=_first_of(session, found),
        repeats=tuple(_twin(one) for one in run(session, _REPEATS, clinic_id=clinic_id, lead_id=lead_id)),
    )


def _shown_with_another(clinic_id: str) -> Any:
    """A repeat whose first lead is there; should that one be gone, it stands for itself."""
    first = aliased(Lead)
    return select(first.id).where(first.clinic_id == clinic_id, col(first.id) == col(Lead.repeat_of)).exists()


def _times_repeated(session: Session, clinic_id: str, lead_ids: list[str]) -> dict[str, int]:
    of_these = select(Lead.repeat_of, func.count()).where(
        Lead.clinic_id == clinic_id, col(Lead.repeat_of).in_(lead_ids)
    )
    return {first: count for first, count in session.exec(of_these.group_by(col(Lead.repeat_of))) if first}


def _first_of(session: Session, lead: Any) -> Twin | None:
    if lead.repeat_of is None:
        return None
    first = run(session, _FIRST, clinic_id=lead.clinic_id, lead_id=lead.repeat_of).first()
    return _twin(first) if first else None


def _twin(row: Row[Any]) -> Twin:
    return Twin(row.id, row.reference, row.submitted_at)


def _open_questions(session: Session, conversation_id: str) -> list[str]:
    """Each once, in the order asked."""
    return list(dict.fromkeys(run(session, _OPEN_QUESTIONS, conversation_id=conversation_id).scalars()))


def decision_of(lead: Lead | Row[Any]) -> Decision | None:
    """None for a lead that was left before there were rules."""
    if lead.outcome is None:
        return None
    return Decision(
        outcome=Outcome(lead.outcome),
        reasons=tuple(Reason.from_json(reason) for reason in lead.reasons),
        score=lead.score,
        urgency=lead.urgency,
        points=tuple(Point(**point) for point in lead.points),
        patient_text=lead.patient_text,
        rules_version=lead.rules_version,
    )


def _transcript(talk: Any, said: Sequence[Any], alarms: set[str]) -> tuple[Line, ...]:
    """The messages, after what the visitor was told about the assistant."""
    told = [Line("desk", talk.disclosure, talk.created_at)] if talk.disclosure and said else []
    return (*told, *(Line(m.author, m.text, m.created_at, _disputed(m), m.turn_id in alarms) for m in said))


def _disputed(message: Any) -> bool:
    return any(answer.get("disagreement") for answer in (message.done or {}).get("answers", ()))


def lead_of_notice(database: Database, clinic_id: str, notice_id: str) -> str:
    """The lead that a notice announces. Raises NotFound for another clinic's."""
    with database.read() as session:
        return row_of(session, Notice, clinic_id, notice_id).lead_id


def _notice_states(session: Session, clinic_id: str, lead_ids: list[str]) -> dict[str, tuple[str, ...]]:
    query = select(Notice.lead_id, Notice.state).where(Notice.clinic_id == clinic_id, col(Notice.lead_id).in_(lead_ids))
    states: dict[str, tuple[str, ...]] = {}
    for lead_id, state in session.exec(query):
        states[lead_id] = (*states.get(lead_id, ()), state)
    return states


def _line(lead: Lead, notices: tuple[str, ...], sent: int) -> LeadLine:
    return LeadLine(
        id=lead.id,
        reference=lead.reference,
        action=lead.action,
        action_version=lead.action_version,
        status=lead.status,
        created_at=lead.created_at,
        name=_text(lead.slots.get("patient_name")),
        reason=_text(lead.slots.get("reason")),
        missing=tuple(lead.missing),
        outcome=lead.outcome,
        score=lead.score,
        urgency=lead.urgency,
        notices=notices,
        urgent=lead.urgent_at is not None,
        changed=bool(lead.changes),
        sent=sent,
    )


def _text(slot: Mapping[str, Any] | None) -> str | None:
    value = slot.get("value") if slot else None
    return value if isinstance(value, str) else None


def slot_of(name: str, slot: Mapping[str, Any]) -> SlotView:
    """A field as the store keeps it."""
    return SlotView(name, str(slot.get("status", "filled")), slot.get("value"), str(slot.get("said") or ""))


def _notice(notice: Any) -> NoticeView:
    return NoticeView(
        notice.id,
        notice.channel,
        notice.destination,
        notice.kind,
        notice.state,
        notice.attempts,
        notice.last_error,
        notice.created_at,
        notice.finished_at,
    )
