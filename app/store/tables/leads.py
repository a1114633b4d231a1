"""What conversations leave behind: leads, the notices that announce them, and questions nobody could answer."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment

SENT = "submitted_at IS NOT NULL"
QUEUE = ("clinic_id", "outcome", "status", "urgency", "score", "created_at", "id", "caller", "repeat_of")
"""All that the order of the inbox and its trays looks at: a row is long, and thousands are put in order for fifty."""


class Lead(SQLModel, table=True):
    """What a conversation left. `status`: in_progress (a way to reach the patient is known, they are still writing),
    incomplete (they fell silent, or sent it without a way to reach them), complete (a referral), urgent (an emergency
    was screened before anything was sent) or cancelled (they stopped after the clinic had been told)."""

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("clinic_id", "reference"),
        Index("ix_lead_clinic_id_contact_index", "clinic_id", "contact_index"),
        Index("ix_lead_sent", "id", "submitted_at", sqlite_where=text(SENT)),
        Index("ix_lead_queue", *QUEUE),
    )

    id: str = identifier("lead")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    action: str
    action_version: str
    status: str
    slots: dict[str, Any] = json_column(dict)
    """Slot name to {status, value, said}."""
    missing: list[str] = json_column(list)
    reference: str
    outcome: str | None = None
    """`qualification.outcomes.Outcome`; None for what was left before there were rules."""
    reasons: list[dict[str, Any]] = json_column(list)
    """`qualification.outcomes.Reason` as JSON, those that decide first."""
    score: int = 0
    urgency: int = 0
    points: list[dict[str, Any]] = json_column(list)
    """The summands of both: {points, reason, urgency}."""
    patient_text: dict[str, Any] = json_column(dict)
    """What the patient read about the outcome, by language."""
    rules_version: int | None = None
    """Of the clinic's rules; 0 are the shipped ones."""
    facts: dict[str, Any] = json_column(dict)
    """What the rules looked at, so that it can be shown what others would have made of it."""
    caller: str = "patient"
    """`dialogue.state.Caller`."""
    language: str = "en"
    """What the patient writes."""
    payer: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """What the payer rows said about the insurance when it was given: `usecases.payer_of_lead.PayerWord` as JSON."""
    promised: list[dict[str, Any]] = json_column(list)
    """What the desk said will happen: {at, text (English), said (as the patient read it)}."""
    changes: list[dict[str, Any]] = json_column(list)
    """What came after it was sent: {at, name, before, after}, each side like a slot, or None. Without a name: words
    that no field was made of."""
    created_at: datetime = moment(index=True)
    updated_at: datetime = moment()
    submitted_at: datetime | None = moment(null=True)
    """When the patient sent it; until then it follows the conversation."""
    urgent_at: datetime | None = moment(null=True)
    """When an emergency was screened in its conversation."""
    contact_index: str | None = None
    """A keyed hash of the ways to reach the patient, when it was sent: equal ones can be found, none can be read."""
    repeat_of: str | None = Field(default=None, index=True)
    """The lead that said the same before: staff see that one."""


NoticeKind = Literal["complete", "incomplete", "urgent", "completed", "update", "repeat"]
"""`completed`: complete, after staff were told something else; `update`: a sent request was changed;
`repeat`: sent once more, and nothing in it is new."""


class Notice(SQLModel, table=True):
    """One message to one destination; `number` counts those about one lead, from 1. `state`: pending, delivered,
    written, held, dead, or suppressed (the destination was removed before it was sent)."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("lead_id", "destination_id", "number"),
        Index("ix_notice_state", "state", "channel", "created_at"),
        Index("ix_notice_lead_id_state", "lead_id", "state"),
    )

    id: str = identifier("notice")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    lead_id: str = Field(foreign_key="lead.id")
    destination_id: str = Field(foreign_key="destination.id", index=True)
    channel: str = "email"
    destination: str
    """The destination's address as people may see it."""
    kind: NoticeKind = Field(default="complete", sa_type=String)
    number: int = 1
    state: str = "pending"
    attempts: int = 0
    last_error: str | None = None
    created_at: datetime = moment()
    finished_at: datetime | None = moment(null=True)


QuestionKind = Literal["no_paper", "papers_disagree"]


class UnansweredQuestion(SQLModel, table=True):
    """A question that no paper of the clinic answers, or two answer differently, in the patient's words."""

    __tablename__ = "unanswered_question"

    id: str = identifier("unanswered")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    question: str
    kind: QuestionKind = Field(default="no_paper", sa_type=String)
    created_at: datetime = moment()
    done_at: datetime | None = moment(null=True)
    """When staff said that nothing more is to be done about it."""
