"""What conversations leave behind: leads, the notices that announce them, and questions nobody could answer."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment


class Lead(SQLModel, table=True):
    """What a conversation left. `status`: complete (a referral), incomplete, or urgent (an emergency was screened)."""

    __tablename__ = "lead"
    __table_args__ = (UniqueConstraint("clinic_id", "reference"),)

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
    """`qualification.outcomes.Outcome`; None for what was left before there were rules, and while it is in progress."""
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
    created_at: datetime = moment(index=True)


class Notice(SQLModel, table=True):
    """One message to one destination. `state`: pending, delivered, written, held or dead."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("lead_id", "destination"),)

    id: str = identifier("notice")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    lead_id: str = Field(foreign_key="lead.id", index=True)
    channel: str = "email"
    destination: str
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
