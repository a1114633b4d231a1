"""publish_payer_rows: the manager has looked at the difference, and answers come from the new rows from now on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import Conflict, NotFound
from app.qualification.payer_changes import difference, facts_of
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.idempotency import Request, once
from app.store.queries.payer_review import compared
from app.store.tables import Clinic, Document, PayerListRow
from app.store.versions import live_versions


@dataclass(frozen=True, slots=True)
class Published:
    """`published` rows are answered from now on, `removed` ones are gone, `waiting` proposed ones still wait."""

    published: int
    removed: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody publishes: of which paper, and which rows; None means all that wait. With a `version_id` only that
    version's are meant. With a `client_id` the same approval again changes nothing and has the same result."""

    document_id: str
    rows: tuple[str, ...] | None = None
    client_id: str | None = None
    version_id: str | None = None

    def covers(self, row: PayerListRow) -> bool:
        """Whether the row is of a version that is meant."""
        return self.version_id in (None, row.version_id)


def publish_payer_rows(desk: Desk, clinic_id: str, approval: Approval, actor: Actor) -> Published:
    """Publishes proposed rows of a paper, and forgets the rows that they replace and those that the paper no longer
    has. Raises NotFound for another clinic's paper, Conflict for a row that does not wait (any more), Invalid for a
    `client_id` that was used with another body."""
    now = desk.clock()

    def work(session: Session) -> Published:
        if approval.client_id is None:
            return _publish(session, now, clinic_id, approval, actor)
        body = {"document_id": approval.document_id, "rows": approval.rows and sorted(approval.rows)}
        if approval.version_id:
            body["version_id"] = approval.version_id
        request = Request(clinic_id, "publish_payers", approval.client_id, body)
        return Published(
            **once(session, request, now, lambda: asdict(_publish(session, now, clinic_id, approval, actor)))
        )

    return desk.database.write(work)


def _publish(session: Session, now: datetime, clinic_id: str, approval: Approval, actor: Actor) -> Published:
    document = row_of(session, Document, clinic_id, approval.document_id)
    if document.deleted_at is not None:
        raise NotFound(f"There is no document {approval.document_id!r}.")
    rows = list(session.exec(select(PayerListRow).where(PayerListRow.document_id == document.id)))
    proposed = sorted((row for row in rows if row.state == "proposed" and approval.covers(row)), key=_place)
    chosen = _chosen(rows, proposed, approval)
    removed = _look_at_removals(session, approval, rows, chosen)
    for row in chosen:
        row.state, row.published_at = "published", now
        session.add(row)
    if chosen or removed:
        clinic = session.get_one(Clinic, clinic_id)
        clinic.knowledge_version += 1
        session.add(clinic)
        record(session, now, actor, "published_payers", ("document", document.id), clinic_id)
    return Published(len(chosen), removed, len(proposed) - len(chosen))


def _place(row: PayerListRow) -> tuple[str, int]:
    return row.version_id, row.number


def _look_at_removals(
    session: Session, approval: Approval, rows: Sequence[PayerListRow], chosen: Sequence[PayerListRow]
) -> int:
    """Rows that a version no longer has, or that others replace, have been seen. Those of a version that is over are
    forgotten; those of one that is still in use are, on its last day. Returns how many."""
    turns = live_versions(session, approval.document_id)
    count = 0
    for place, version in enumerate(turns):
        if approval.version_id not in (None, version.id):
            continue
        mine = [row for row in rows if row.version_id == version.id and row.state != "withdrawn"]
        if place:
            old = [row for row in rows if row.version_id == turns[place - 1].id and row.state == "published"]
            missed = compared(old, mine, version.id)[2]
            for row in missed:
                row.missed_by = version.id
                session.add(row)
            count += len(missed)
        else:
            proposed = [row for row in mine if row.state == "proposed"]
            settled = _settled([row for row in rows if row.state == "withdrawn"], proposed, chosen)
            for row in settled:
                session.delete(row)
            count += len(settled)
    return count


def _chosen(rows: Sequence[PayerListRow], proposed: Sequence[PayerListRow], approval: Approval) -> list[PayerListRow]:
    if approval.rows is None:
        return list(proposed)
    unknown = set(approval.rows) - {row.id for row in rows if row.state != "withdrawn"}
    if unknown:
        raise Conflict(
            f"The row {min(unknown)!r} does not wait in this paper any more.", "Look at the payers again, then publish."
        )
    return [row for row in proposed if row.id in approval.rows]


def _settled(
    withdrawn: Sequence[PayerListRow], proposed: Sequence[PayerListRow], chosen: Sequence[PayerListRow]
) -> list[PayerListRow]:
    """Withdrawn rows whose successor was chosen or that have none; the others still show what a waiting row changes."""
    pairs = difference([facts_of(row) for row in withdrawn], [facts_of(row) for row in proposed])
    waiting = {row.id for row in proposed} - {row.id for row in chosen}
    kept = {old for old, new in [*pairs.changed, *pairs.same] if proposed[new].id in waiting}
    return [row for place, row in enumerate(withdrawn) if place not in kept]
