"""Conversations and the words said in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment

WAITING = "author = 'patient' AND turn_id IS NULL"
"""Words without a reply, as text: their index is used only by queries that say this word for word."""
SILENT = "swept_at IS NULL AND ended_at IS NULL"
"""Conversations that nobody has looked at since their last word, as text for the same reason."""


class Conversation(SQLModel, table=True):
    """One visitor's talk with one clinic, over one channel."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_silent", "last_message_at", sqlite_where=text(SILENT)),)

    id: str = identifier("conv")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    channel: str = "web"
    consent_version: str
    disclosure: str = ""
    """What the visitor was told about the assistant when it began, and the version of those words."""
    disclosure_version: str = ""
    state: dict[str, Any] = json_column(dict)
    """`dialogue.state.State` as JSON."""
    lease_holder: str | None = None
    lease_until: datetime | None = moment(null=True)
    """While it lies ahead, the turn of `lease_holder` is running."""
    created_at: datetime = moment()
    last_message_at: datetime = moment(index=True)
    swept_at: datetime | None = moment(null=True)
    """When the idle conversation was looked at and, if it had a contact, became an incomplete lead."""
    ended_at: datetime | None = moment(null=True)
    deletion_asked_at: datetime | None = moment(null=True)
    """When the visitor asked to delete it although a request had been submitted from it."""
    words_deleted_at: datetime | None = moment(null=True)
    """When its words were deleted because their time was over; the request that came of it stays."""


class Message(SQLModel, table=True):
    """What one side said. A patient's message without `turn_id` waits for its reply."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_message_waiting", "conversation_id", sqlite_where=text(WAITING)),
    )

    id: str = identifier("msg")
    clinic_id: str = Field(foreign_key="clinic.id")
    conversation_id: str = Field(foreign_key="conversation.id")
    """Found by the index of what is unique with it."""
    seq: int
    author: str
    """patient, desk or staff."""
    text: str
    client_id: str | None = None
    turn_id: str | None = None
    """For a patient's message: the id of the desk's message that answers it."""
    done: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """For a desk's message: the whole reply as the visitor's API gave it."""
    feedback: str | None = None
    """For a desk's message: helpful or not_helpful, as the visitor said."""
    created_at: datetime = moment()
