"""Payer rows: those that answers may come from today, and what waits for the manager."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from app.qualification.payer_changes import FACTS, PayerFacts, conflicts, difference, facts_of
from app.qualification.payers import PayerRow, PayerStatus
from app.store.session import Database
from app.store.tables import Clinic, Document, DocumentVersion, PayerListRow

WAITING = ("proposed", "withdrawn")


@dataclass(frozen=True, slots=True)
class RowView:
    """A stored row for the people of the clinic. `state`: proposed, published or withdrawn; `edited` names the fields
    that staff changed. `holds` says whether the days of row and paper include today."""

    id: str
    state: str
    document_id: str
    document: str
    facts: PayerFacts
    quote: str
    lead: str
    heading: tuple[str, ...]
    page: int | None
    edited: tuple[str, ...]
    published_at: datetime | None
    holds: Literal["today", "later", "ended"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One fact before and now; None where there was or is none."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A proposed row beside the row `before` that patients were answered from."""

    row: RowView
    before: RowView
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class DocumentReview:
    """One paper: `unchanged` rows are published, the others wait for the manager's look."""

    document_id: str
    document: str
    added: tuple[RowView, ...]
    changed: tuple[ChangedRow, ...]
    removed: tuple[RowView, ...]
    unchanged: tuple[RowView, ...]

    @property
    def waiting(self) -> int:
        """How many rows there are to look at."""
        return len(self.added) + len(self.changed) + len(self.removed)


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Rows that contradict each other; `kind` as in `qualification.payer_changes.Conflict`."""

    kind: Literal["status", "general"]
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Every paper that has payer rows, by name, and the contradictions among rows that hold today or later."""

    documents: tuple[DocumentReview, ...]
    conflicts: tuple[ConflictView, ...]

    @property
    def waiting(self) -> int:
        """How many rows there are to look at."""
        return sum(document.waiting for document in self.documents)


def live_payer_rows(database: Database, clinic_id: str, today: date) -> tuple[PayerRow, ...]:
    """Published rows of papers that are in use on the clinic's calendar day `today`. A row's own dates are carried:
    whether it holds on that day is for the look-up to decide."""
    starts, ends = col(DocumentVersion.effective_from), col(DocumentVersion.effective_to)
    live = _of_live_papers(clinic_id, ("published",)).where(
        or_(starts.is_(None), starts <= today), or_(ends.is_(None), ends >= today)
    )
    with database.read() as session:
        zone = ZoneInfo(session.get_one(Clinic, clinic_id).timezone)
        return tuple(_row(row, document, version, zone) for row, document, version in session.exec(live))


def payer_review(database: Database, clinic_id: str, today: date) -> Review:
    """What is published, what waits, and what contradicts what."""
    with database.read() as session:
        found = list(session.exec(_of_live_papers(clinic_id, ("published", *WAITING))))
        names = {document.id: document.name for _, document, _ in found}
        held = [(_view(row, document, version, today), _held(row, version)) for row, document, version in found]
    rows = [view for view, _ in held]
    papers = tuple(_document(key, name, [row for row in rows if row.document_id == key]) for key, name in names.items())
    coming = [(view, facts) for view, facts in held if view.state != "withdrawn" and view.holds != "ended"]
    clashes = conflicts([facts for _, facts in coming])
    return Review(papers, tuple(ConflictView(c.kind, tuple(coming[i][0] for i in c.places)) for c in clashes))


def payers_waiting(database: Database, clinic_id: str) -> dict[str, int]:
    """Document id to how many of its rows wait for the manager: new, changed and removed ones."""
    with database.read() as session:
        found = session.exec(_of_live_papers(clinic_id, WAITING))
        papers: dict[str, list[RowView]] = {}
        for row, document, version in found:
            papers.setdefault(document.id, []).append(_view(row, document, version, date.min))
    return {key: _document(key, rows[0].document, rows).waiting for key, rows in papers.items()}


def payer_row_counts(database: Database, version_id: str) -> tuple[int, int]:
    """(rows that the version was read to hold, how many of them wait)."""
    with database.read() as session:
        mine = select(PayerListRow.state, func.count()).where(PayerListRow.version_id == version_id)
        counts = dict(session.exec(mine.where(PayerListRow.state != "withdrawn").group_by(PayerListRow.state)).all())
    return sum(counts.values()), counts.get("proposed", 0)


def as_difference(document: Sequence[RowView]) -> tuple[list[RowView], list[tuple[RowView, RowView]], list[RowView]]:
    """(added, (before, changed) pairs, removed) of a paper's rows: the withdrawn ones against the proposed ones."""
    old = [row for row in document if row.state == "withdrawn"]
    new = [row for row in document if row.state == "proposed"]
    found = difference([row.facts for row in old], [row.facts for row in new])
    pairs = [(old[i], new[j]) for i, j in sorted([*found.changed, *found.same], key=lambda pair: pair[1])]
    return [new[i] for i in found.added], pairs, [old[i] for i in found.removed]


def _document(document_id: str, name: str, rows: Sequence[RowView]) -> DocumentReview:
    added, changed, removed = as_difference(rows)
    return DocumentReview(
        document_id=document_id,
        document=name,
        added=tuple(added),
        changed=tuple(ChangedRow(new, old, _fields(old.facts, new.facts)) for old, new in changed),
        removed=tuple(removed),
        unchanged=tuple(row for row in rows if row.state == "published"),
    )


def _fields(old: PayerFacts, new: PayerFacts) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in FACTS)
    return tuple(FieldChange(name, before, now) for name, before, now in pairs if before != now)


def _of_live_papers(clinic_id: str, states: Iterable[str]) -> Any:
    """Rows with their paper and its live version. A withdrawn row belongs to an older version of that paper."""
    return (
        select(PayerListRow, Document, DocumentVersion)
        .join(Document, col(PayerListRow.document_id) == col(Document.id))
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .where(
            PayerListRow.clinic_id == clinic_id,
            Document.clinic_id == clinic_id,
            DocumentVersion.clinic_id == clinic_id,
            col(Document.deleted_at).is_(None),
            col(DocumentVersion.live).is_(True),
            DocumentVersion.status == "ready",
            col(PayerListRow.state).in_(list(states)),
            or_(PayerListRow.state == "withdrawn", col(PayerListRow.version_id) == col(DocumentVersion.id)),
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


def _view(row: PayerListRow, document: Document, version: DocumentVersion, today: date) -> RowView:
    return RowView(
        id=row.id,
        state=row.state,
        document_id=document.id,
        document=document.name,
        facts=facts_of(row),
        quote=row.quote,
        lead=row.lead,
        heading=tuple(row.heading),
        page=row.page,
        edited=tuple(row.read_as),
        published_at=row.published_at,
        holds=_holds(_held(row, version), today),
    )


def _holds(facts: PayerFacts, today: date) -> Literal["today", "later", "ended"]:
    if facts.effective_to and facts.effective_to < today:
        return "ended"
    return "later" if facts.effective_from and facts.effective_from > today else "today"


def _held(row: PayerListRow, version: DocumentVersion) -> PayerFacts:
    """The facts with the days on which both the row and its paper hold."""
    starts = [day for day in (row.effective_from, version.effective_from) if day]
    ends = [day for day in (row.effective_to, version.effective_to) if day]
    return replace(facts_of(row), effective_from=max(starts, default=None), effective_to=min(ends, default=None))


def published_payers(session: Session, clinic_id: str) -> list[str]:
    """Names of payers in published rows of live papers, each once, as first written."""
    found = session.exec(_of_live_papers(clinic_id, ("published",)))
    return list(dict.fromkeys(row.payer for row, _, _ in found if row.payer))
