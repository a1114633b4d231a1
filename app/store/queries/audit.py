"""Who did what in a clinic."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from app.store.session import Database
from app.store.tables import AuditEntry

PAGE = 200


@dataclass(frozen=True, slots=True)
class Act:
    """One audit row: ids and kinds only. `seq` grows with each act of the install."""

    seq: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    verb: str
    target_kind: str
    target_id: str


def acts(database: Database, clinic_id: str, before: int | None = None) -> list[Act]:
    """Up to 200 acts in a clinic, newest first; `before` continues behind that `seq`."""
    query = select(AuditEntry).where(AuditEntry.clinic_id == clinic_id)
    if before is not None:
        query = query.where(col(AuditEntry.seq) < before)
    with database.read() as session:
        found = session.exec(query.order_by(col(AuditEntry.seq).desc()).limit(PAGE))
        return [
            Act(row.seq or 0, row.at, row.actor_kind, row.actor_id, row.verb, row.target_kind, row.target_id)
            for row in found
        ]
