"""What left for a language model, how much of it a clinic used on a day, and how well it understood the practice."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from app.store.columns import identifier, moment


class Egress(SQLModel, table=True):
    """One request to the model server, written before its first byte leaves. `body` is what was sent, to the byte."""

    __tablename__ = "egress"

    id: str = identifier("sent")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    conversation_id: str | None = Field(default=None, index=True)
    """None where no patient is meant: an exam, a trial by staff."""
    purpose: str
    host: str
    model: str
    local: bool
    """Whether the server runs on this machine."""
    redacted: bool
    body: str
    sent_at: datetime = moment(index=True)
    ended_at: datetime | None = moment(null=True)
    result: str = ""
    """"ok", a Failure's value, or "" while it runs or when the desk stopped in between."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    tokens_estimated: bool = False
    """Whether the server told no figures."""


class ModelDay(SQLModel, table=True):
    """A clinic's use of the model on a calendar day of its own time zone. `reserved_tokens` are of calls that run."""

    __tablename__ = "model_day"

    clinic_id: str = Field(foreign_key="clinic.id", primary_key=True)
    day: date = Field(primary_key=True)
    calls: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reserved_tokens: int = 0


class ModelExam(SQLModel, table=True):
    """How a model did in the practice messages (`exam` names their version): one that understands too few of them is
    not asked to understand patients."""

    __tablename__ = "model_exam"

    host: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    exam: str = Field(primary_key=True)
    right: int
    asked: int
    passed: bool
    taken_at: datetime = moment()
