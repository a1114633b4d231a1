"""propose_payer_rows: what a paper that becomes live says about payers waits for the manager, who publishes it."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlmodel import Session, select

from app.qualification.payer_changes import PayerFacts, difference, facts_of
from app.store import audit
from app.store.tables import DocumentVersion, PayerListRow
from ingestion.types import PayerRowDraft


def propose_payer_rows(
    session: Session, version: DocumentVersion, drafts: Sequence[PayerRowDraft], now: datetime
) -> None:
    """Stores the rows of a version in the transaction that makes it live.

    A row that says what a published row of the version before said stays published: there is nothing new to look at.
    Every other row waits as proposed, and the published rows that it does not confirm are withdrawn in this commit.
    """
    rows = list(session.exec(select(PayerListRow).where(PayerListRow.document_id == version.document_id)))
    approved = [row for row in rows if row.state != "proposed"]
    fresh = [_stored(version, number, draft, now) for number, draft in enumerate(drafts)]
    same = difference([facts_as_read(row) for row in approved], [facts_of(draft) for draft in drafts]).same
    for old, new in same:
        _confirm(fresh[new], approved[old], now)
    confirmed = {approved[old].id for old, _ in same}
    for row in rows:
        if row.state == "proposed" or row.id in confirmed:
            session.delete(row)
        else:
            row.state = "withdrawn"
            session.add(row)
    session.add_all(fresh)
    if fresh or rows:
        target = ("document_version", version.id)
        audit.record(session, now, audit.DESK, "payer_rows_proposed", target, version.clinic_id)


def facts_as_read(row: PayerListRow) -> PayerFacts:
    """What the paper was read as, before staff changed anything."""
    return replace(facts_of(row), **row.read_as)


def remove_payer_rows(session: Session, document_id: str) -> int:
    """Every row of a paper, whatever its state, in the caller's transaction. Returns how many there were."""
    rows = session.exec(select(PayerListRow).where(PayerListRow.document_id == document_id)).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def _stored(version: DocumentVersion, number: int, draft: PayerRowDraft, now: datetime) -> PayerListRow:
    values = asdict(draft)
    values.pop("ordinal")
    values |= {"except_plans": list(draft.except_plans), "heading": list(draft.heading)}
    return PayerListRow(
        clinic_id=version.clinic_id,
        document_id=version.document_id,
        version_id=version.id,
        number=number,
        created_at=now,
        **values,
    )


def _confirm(fresh: PayerListRow, approved: PayerListRow, now: datetime) -> None:
    """The fresh row quotes the new version; what staff changed by hand stays changed."""
    for name in approved.read_as:
        setattr(fresh, name, getattr(approved, name))
    fresh.read_as = dict(approved.read_as)
    fresh.state, fresh.published_at = "published", approved.published_at or now
