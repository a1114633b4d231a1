"""propose_payer_rows: what a paper that becomes live says about payers waits for the manager, who publishes it.
end_payer_rows: what becomes of the rows of a version whose days are over."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.qualification.payer_changes import PayerFacts, difference, facts_of
from app.store import audit
from app.store.tables import DocumentVersion, PayerListRow
from ingestion.types import PayerRowDraft


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a version that becomes live was read to say. `before` is the version whose place it takes on its day, `over`
    are those that have no turn any more."""

    version: DocumentVersion
    drafts: Sequence[PayerRowDraft]
    before: DocumentVersion | None
    over: Sequence[DocumentVersion]
    today: date


def propose_payer_rows(session: Session, proposal: Proposal, now: datetime) -> None:
    """Stores the rows of a version in the transaction that makes it live.

    A row that says what a published row of the version before said is published: there is nothing new to look at.
    Every other row waits as proposed. Rows of a version that goes on until this one's day stay as they are; of one that
    is over, the published rows that this one does not confirm are withdrawn in this commit.
    """
    version = proposal.version
    rows = list(session.exec(select(PayerListRow).where(PayerListRow.document_id == version.document_id)))
    approved = [row for row in rows if _counts(row, proposal.before)]
    fresh = [_stored(version, number, draft, now) for number, draft in enumerate(proposal.drafts)]
    same = difference([facts_as_read(row) for row in approved], [facts_of(draft) for draft in proposal.drafts]).same
    for old, new in same:
        _confirm(fresh[new], approved[old], now)
    _leave(session, rows, {approved[old].id for old, _ in same}, proposal)
    session.add_all(fresh)
    if fresh or rows:
        target = ("document_version", version.id)
        audit.record(session, now, audit.DESK, "payer_rows_proposed", target, version.clinic_id)


def _counts(row: PayerListRow, before: DocumentVersion | None) -> bool:
    """Whether somebody approved the row, and it is the last word of the paper until this version."""
    return row.state == "withdrawn" or (row.state == "published" and before is not None and row.version_id == before.id)


def _leave(session: Session, rows: Sequence[PayerListRow], confirmed: set[str], proposal: Proposal) -> None:
    """What becomes of the rows of before."""
    over = {one.id: one for one in proposal.over}
    for row in rows:
        gone = over.get(row.version_id)
        if row.state == "withdrawn":
            _drop(session, row, over and row.id in confirmed)
        elif gone is not None:
            has_begun = gone.effective_from is None or gone.effective_from <= proposal.today
            _drop(session, row, row.state == "proposed" or row.id in confirmed or not has_begun)
        elif row.missed_by in over:
            row.missed_by = proposal.version.id
            session.add(row)


def _drop(session: Session, row: PayerListRow, gone: object) -> None:
    if gone:
        session.delete(row)
    else:
        row.state = "withdrawn"
        session.add(row)


def end_payer_rows(session: Session, version: DocumentVersion, successor: DocumentVersion) -> None:
    """Takes the rows of a version that is over out of use. What the successor says anew, and what a manager has seen it
    miss, needs no look; every other published row is withdrawn and waits for one."""
    both = col(PayerListRow.version_id).in_((version.id, successor.id))
    rows = list(session.exec(select(PayerListRow).where(both)))
    old = [row for row in rows if row.version_id == version.id and row.state == "published"]
    new = [row for row in rows if row.version_id == successor.id]
    pairs = difference([facts_of(row) for row in old], [facts_of(row) for row in new])
    said = {old[i].id for i, j in [*pairs.same, *pairs.changed] if new[j].state == "published"}
    for row in rows:
        if row.version_id == version.id and row.state != "withdrawn":
            _drop(session, row, row.state == "proposed" or row.id in said or row.missed_by == successor.id)


def facts_as_read(row: PayerListRow) -> PayerFacts:
    """What the paper was read as, before staff changed anything."""
    return replace(facts_of(row), **row.read_as)


def remove_payer_rows(session: Session, document_id: str, version_id: str | None = None) -> int:
    """Every row of a paper, or of one version of it, whatever its state, in the caller's transaction. Returns how many
    there were."""
    query = select(PayerListRow).where(PayerListRow.document_id == document_id)
    rows = session.exec(query if version_id is None else query.where(PayerListRow.version_id == version_id)).all()
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
