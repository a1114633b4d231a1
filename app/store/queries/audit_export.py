"""The audit as it is handed out: whole entries, with the chain."""

from typing import Any

from sqlmodel import col, select

from app.store.audit_chain import FIELDS, stamp
from app.store.session import Database
from app.store.tables import AuditEntry

PAGE = 5000


def exported(database: Database, after: int, clinic_id: str | None = None) -> list[dict[str, Any]]:
    """Up to 5,000 entries behind the entry `after`, oldest first, of one clinic or of the whole install, with
    everything that an entry's hash is made of."""
    query = select(AuditEntry).where(col(AuditEntry.seq) > after).order_by(col(AuditEntry.seq)).limit(PAGE)
    if clinic_id is not None:
        query = query.where(AuditEntry.clinic_id == clinic_id)
    with database.read() as session:
        return [
            {"seq": row.seq, "at": stamp(row.at)}
            | {name: getattr(row, name) for name in FIELDS}
            | {"prev_hash": row.prev_hash, "hash": row.hash}
            for row in session.exec(query)
        ]
