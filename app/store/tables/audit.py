"""Who did what when: ids, kinds and times, never a name or a word of a patient."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.store.columns import moment


class AuditEntry(SQLModel, table=True):
    """One act. `clinic_id` is None for acts on the install itself."""

    __tablename__ = "audit_entry"

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    clinic_id: str | None = Field(default=None, index=True)
    actor_kind: str
    """patient, staff, command or desk."""
    actor_id: str | None = None
    verb: str
    target_kind: str
    target_id: str
