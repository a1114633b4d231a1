"""What waits for the manager among the payer rows: each version of a paper against the one that it takes over from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from app.qualification.payer_changes import FACTS, PayerFacts, conflicts, difference, facts_of
from app.store.session import Database
from app.store.tables import Document, DocumentVersion, PayerListRow
from app.store.versions import in_turn, last_days, without_a_turn


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
    """One version of a paper: `unchanged` rows are published, the others wait for the manager's look. `starts` is the
    day on which it takes over from the version before it, None for the one in use."""

    document_id: str
    document: str
    version_id: str
    starts: date | None
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
    """Every version that has payer rows, papers by name and versions in turn, and the contradictions among rows that
    hold today or later."""

    documents: tuple[DocumentReview, ...]
    conflicts: tuple[ConflictView, ...]

    @property
    def waiting(self) -> int:
        """How many rows there are to look at."""
        return sum(document.waiting for document in self.documents)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A version that answers or will, with its rows and those that they are compared with. `last` is the last day on
    which it can answer."""

    document: Document
    version: DocumentVersion
    last: date | None
    rows: list[PayerListRow]
    before: list[PayerListRow]
    follows: bool
    """Whether the rows of before are those of a version that still has a day, or had one just now."""


def payer_review(database: Database, clinic_id: str, today: date) -> Review:
    """What is published, what waits, and what contradicts what."""
    with database.read() as session:
        turns = list(_turns(session, clinic_id, today, _rows(clinic_id)))
        papers = [_review(turn, today) for turn in turns]
        held = [(_view(row, turn, today), _held(row, turn)) for turn in turns for row in turn.rows]
    coming = [(view, facts) for view, facts in held if view.holds != "ended"]
    clashes = conflicts([facts for _, facts in coming])
    found = tuple(ConflictView(c.kind, tuple(coming[i][0] for i in c.places)) for c in clashes)
    return Review(tuple(paper for paper in papers if paper.waiting or paper.unchanged), found)


def payers_waiting(database: Database, clinic_id: str, today: date) -> dict[str, int]:
    """Document id to how many of its rows wait for the manager: new, changed and removed ones."""
    live = select(DocumentVersion.document_id).where(DocumentVersion.clinic_id == clinic_id)
    several = live.where(col(DocumentVersion.live).is_(True)).group_by(col(DocumentVersion.document_id))
    matter = or_(
        col(PayerListRow.state).in_(("proposed", "withdrawn")),
        col(PayerListRow.document_id).in_(several.having(func.count() > 1)),
    )
    found: dict[str, int] = {}
    with database.read() as session:
        for turn in _turns(session, clinic_id, today, _rows(clinic_id).where(matter)):
            if waiting := _review(turn, today).waiting:
                found[turn.document.id] = found.get(turn.document.id, 0) + waiting
    return found


def _rows(clinic_id: str) -> Any:
    stored = select(PayerListRow).where(PayerListRow.clinic_id == clinic_id)
    return stored.order_by(col(PayerListRow.number), col(PayerListRow.id))


def _turns(session: Session, clinic_id: str, today: date, stored: Any) -> Iterator[_Turn]:
    """Every version of the clinic that has a day left, by the name of its paper and in turn."""
    versions = (
        select(Document, DocumentVersion)
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .where(
            Document.clinic_id == clinic_id,
            DocumentVersion.clinic_id == clinic_id,
            col(Document.deleted_at).is_(None),
            col(DocumentVersion.live).is_(True),
            DocumentVersion.status == "ready",
        )
        .order_by(col(Document.name), col(Document.id))
    )
    rows = list(session.exec(stored))
    for _, found in groupby(session.exec(versions).all(), key=lambda pair: pair[0].id):
        group = list(found)
        yield from _of_paper(group[0][0], in_turn(version for _, version in group), rows, today)


def _of_paper(
    document: Document, versions: Sequence[DocumentVersion], rows: Sequence[PayerListRow], today: date
) -> Iterator[_Turn]:
    last, over = last_days(versions), without_a_turn(versions, today)
    for place, version in enumerate(versions):
        if version in over:
            continue
        mine = [row for row in rows if row.version_id == version.id and row.state != "withdrawn"]
        if place:
            old = [row for row in rows if row.version_id == versions[place - 1].id and row.state == "published"]
        else:
            old = [row for row in rows if row.document_id == document.id and row.state == "withdrawn"]
        yield _Turn(document, version, last[version.id], mine, old, bool(place))


def compared(
    old: Sequence[PayerListRow], rows: Sequence[PayerListRow], version_id: str
) -> tuple[list[PayerListRow], list[tuple[PayerListRow, PayerListRow]], list[PayerListRow]]:
    """(added, (before, now) pairs, removed) that a manager has to look at: the `rows` of a version against those of
    before. What was published has been looked at, and so has a removal that was seen before."""
    pairs = difference([facts_of(row) for row in old], [facts_of(row) for row in rows])
    both = sorted([*pairs.changed, *pairs.same], key=lambda pair: pair[1])
    added = [rows[i] for i in pairs.added if rows[i].state == "proposed"]
    changed = [(old[i], rows[j]) for i, j in both if rows[j].state == "proposed"]
    return added, changed, [old[i] for i in pairs.removed if old[i].missed_by != version_id]


def _review(turn: _Turn, today: date) -> DocumentReview:
    rows = turn.rows if turn.follows else [row for row in turn.rows if row.state == "proposed"]
    added, changed, removed = compared(turn.before, rows, turn.version.id)
    pairs = [(_view(old, turn, today), _view(new, turn, today)) for old, new in changed]
    starts = turn.version.takes_over
    return DocumentReview(
        document_id=turn.document.id,
        document=turn.document.name,
        version_id=turn.version.id,
        starts=starts if starts and starts > today else None,
        added=tuple(_view(row, turn, today) for row in added),
        changed=tuple(ChangedRow(new, old, _fields(old.facts, new.facts)) for old, new in pairs),
        removed=tuple(_view(row, turn, today) for row in removed),
        unchanged=tuple(_view(row, turn, today) for row in turn.rows if row.state == "published"),
    )


def _fields(old: PayerFacts, new: PayerFacts) -> tuple[FieldChange, ...]:
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in FACTS)
    return tuple(FieldChange(name, before, now) for name, before, now in pairs if before != now)


def _view(row: PayerListRow, turn: _Turn, today: date) -> RowView:
    return RowView(
        id=row.id,
        state=row.state,
        document_id=turn.document.id,
        document=turn.document.name,
        facts=facts_of(row),
        quote=row.quote,
        lead=row.lead,
        heading=tuple(row.heading),
        page=row.page,
        edited=tuple(row.read_as),
        published_at=row.published_at,
        holds=_holds(_held(row, turn), today),
    )


def _holds(facts: PayerFacts, today: date) -> Literal["today", "later", "ended"]:
    if facts.effective_to and facts.effective_to < today:
        return "ended"
    return "later" if facts.effective_from and facts.effective_from > today else "today"


def _held(row: PayerListRow, turn: _Turn) -> PayerFacts:
    """The facts with the days on which both the row and its paper hold."""
    starts = [day for day in (row.effective_from, turn.version.effective_from) if day]
    ends = [day for day in (row.effective_to, turn.last) if day]
    return replace(facts_of(row), effective_from=max(starts, default=None), effective_to=min(ends, default=None))
