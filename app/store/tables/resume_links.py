"""Links with which a patient goes on elsewhere."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.store.columns import moment


class ResumeLink(SQLModel, table=True):
    """One link. Its secret is known to who holds it alone; here stands what it hashes to."""

    __tablename__ = "resume_link"

    id: str = Field(primary_key=True)
    """SHA-256 of the token."""
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
