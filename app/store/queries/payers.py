"""Payer rows that answers may come from."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.qualification.payer_changes import FACTS, facts_of
from app.qualification.payers import PayerRow, PayerStatus
from app.store.session import Database
from app.store.tables import Clinic, Document, DocumentVersion, PayerListRow
from app.store.versions import in_use


def live_payer_rows(database: Database, clinic_id: str, today: date) -> tuple[PayerRow, ...]:
    """Published rows of papers that are in use on the clinic's calendar day `today`. A row's own dates are carried:
    whether it holds on that day is for the look-up to decide."""
    live = _published(clinic_id).where(col(DocumentVersion.id).in_(in_use(clinic_id, today)))
    with database.read() as session:
        zone = ZoneInfo(session.get_one(Clinic, clinic_id).timezone)
        return tuple(_row(row, document, version, zone) for row, document, version in session.exec(live))


def payer_row_counts(database: Database, version_id: str) -> tuple[int, int]:
    """(rows that the version was read to hold, how many of them wait)."""
    with database.read() as session:
        mine = select(PayerListRow.state, func.count()).where(PayerListRow.version_id == version_id)
        counts = dict(session.exec(mine.where(PayerListRow.state != "withdrawn").group_by(PayerListRow.state)).all())
    return sum(counts.values()), counts.get("proposed", 0)


def published_payers(session: Session, clinic_id: str) -> list[str]:
    """Names of payers in published rows of live papers, each once, as first written."""
    found = session.exec(_published(clinic_id))
    return list(dict.fromkeys(row.payer for row, _, _ in found if row.payer))


def _published(clinic_id: str) -> Any:
    """Published rows with their paper and version, which has not been replaced or deleted."""
    return (
        select(PayerListRow, Document, DocumentVersion)
        .join(DocumentVersion, col(PayerListRow.version_id) == col(DocumentVersion.id))
        .join(Document, col(PayerListRow.document_id) == col(Document.id))
        .where(
            PayerListRow.clinic_id == clinic_id,
            Document.clinic_id == clinic_id,
            DocumentVersion.clinic_id == clinic_id,
            col(Document.deleted_at).is_(None),
            col(DocumentVersion.live).is_(True),
            DocumentVersion.status == "ready",
            PayerListRow.state == "published",
        )
        .order_by(col(Document.name), col(PayerListRow.number), col(PayerListRow.id))
    )


def _row(row: PayerListRow, document: Document, version: DocumentVersion, zone: ZoneInfo) -> PayerRow:
    facts = facts_of(row)
    values = {name: getattr(facts, name) for name in FACTS}
    return PayerRow(
        **values | {"status": PayerStatus(facts.status)},
        id=row.id,
        document=document.name,
        quote=row.quote,
        page=row.page,
        heading=tuple(row.heading),
        lead=row.lead,
        as_of=version.effective_from or version.dated or version.created_at.astimezone(zone).date(),
    )
