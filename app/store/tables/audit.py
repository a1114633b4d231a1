"""Who did what when: ids, kinds and times, never a name or a word of a patient."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.store.columns import moment


class AuditEntry(SQLModel, table=True):
    """One act. `clinic_id` is None for acts on the install itself. Written by `store.audit.record` alone: triggers
    refuse changes, deletions, and entries that do not go on from the last one."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_reads", "target_id", "verb", "actor_id", "at"),)

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = moment()
    clinic_id: str | None = Field(default=None, index=True)
    actor_kind: str
    """patient, staff, command or desk."""
    actor_id: str | None = None
    verb: str
    target_kind: str
    target_id: str
    prev_hash: str
    """The hash of the entry before."""
    hash: str
    """SHA-256 of this entry, as `store.audit_chain` says."""
