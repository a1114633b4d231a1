"""The papers of a clinic, as the people who look after them see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from app.clock import day_in
from app.errors import NotFound
from app.store.access import row_of
from app.store.session import Database
from app.store.tables import Clinic, Document, DocumentVersion
from app.store.versions import in_turn

UNDER_WAY = ("queued", "reading")
GONE = ("replaced", "deleted")


@dataclass(frozen=True, slots=True)
class WaitingVersion:
    """A version that takes over on the day `starts`; `replaces` says whether another is answered from until then."""

    id: str
    starts: date
    effective_to: date | None
    uploaded_at: datetime
    chunks: int
    replaces: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper by its newest version. `status`: queued, reading, ready, failed. `progress` is 0..1 while it is read.
    `answering_since` is when the version whose turn it is today became live, None when there is none; it may be an
    older version than the one described here (`older_answers`). `waiting` are the versions that are ready for a later
    day, in turn. `dated` is the day of its last revision;
    `reading_problem` why its web page could not be read the last time."""

    id: str
    name: str
    status: str
    chunks: int
    pages: int | None
    warnings: tuple[str, ...]
    error: str | None
    progress: float
    effective_from: date | None
    effective_to: date | None
    size_bytes: int
    uploaded_at: datetime
    answering_since: datetime | None
    older_answers: bool
    waiting: tuple["WaitingVersion", ...]
    dated: date | None
    source_url: str | None
    last_read_at: datetime | None
    reading_problem: str | None

    @property
    def under_way(self) -> bool:
        """Whether its state will change by itself."""
        return self.status in UNDER_WAY


def papers(database: Database, clinic_id: str, now: datetime) -> list[Paper]:
    """Every paper that is not deleted, by name, as it stands at `now`."""
    documents = select(Document).where(Document.clinic_id == clinic_id, col(Document.deleted_at).is_(None))
    with database.read() as session:
        today = day_in(session.get_one(Clinic, clinic_id).timezone, now)
        found = session.exec(documents.order_by(col(Document.name))).all()
        return [_paper(document, versions, today) for document, versions in _with_versions(session, clinic_id, found)]


def paper(database: Database, clinic_id: str, document_id: str, now: datetime) -> Paper:
    """One paper. Raises NotFound for one that is deleted or another clinic's."""
    with database.read() as session:
        document = row_of(session, Document, clinic_id, document_id)
        if document.deleted_at is not None:
            raise NotFound(f"There is no document {document_id!r}.")
        today = day_in(session.get_one(Clinic, clinic_id).timezone, now)
        [(document, versions)] = _with_versions(session, clinic_id, [document])
        return _paper(document, versions, today)


def _with_versions(
    session: Session, clinic_id: str, documents: Sequence[Document]
) -> list[tuple[Document, list[DocumentVersion]]]:
    query = select(DocumentVersion).where(
        DocumentVersion.clinic_id == clinic_id, col(DocumentVersion.document_id).in_([d.id for d in documents])
    )
    versions: dict[str, list[DocumentVersion]] = {}
    for version in session.exec(query.order_by(col(DocumentVersion.created_at), col(DocumentVersion.id))):
        versions.setdefault(version.document_id, []).append(version)
    return [(document, versions[document.id]) for document in documents if document.id in versions]


def _paper(document: Document, versions: list[DocumentVersion], today: date) -> Paper:
    newest = next((one for one in reversed(versions) if one.status not in GONE), versions[-1])
    turns = in_turn(version for version in versions if version.live)
    waiting = [one for one in turns if _begins_later(one, today)]
    begun = [one for one in turns if one not in waiting]
    live = begun[-1] if begun else None
    return Paper(
        id=document.id,
        name=document.name,
        status=newest.status,
        chunks=newest.chunks,
        pages=newest.pages,
        warnings=tuple(newest.warnings),
        error=newest.error,
        progress=_progress(newest),
        effective_from=newest.effective_from,
        effective_to=newest.effective_to,
        size_bytes=newest.size_bytes,
        uploaded_at=newest.created_at,
        answering_since=(live.ready_at or live.created_at) if live else None,
        older_answers=live is not None and live.id != newest.id,
        waiting=tuple(_waiting(one, place + len(begun) > 0) for place, one in enumerate(waiting)),
        dated=newest.dated,
        source_url=document.source_url,
        last_read_at=document.last_read_at,
        reading_problem=document.reading_problem,
    )


def _begins_later(version: DocumentVersion, today: date) -> bool:
    return version.effective_from is not None and version.effective_from > today


def _waiting(version: DocumentVersion, replaces: bool) -> WaitingVersion:
    starts = version.effective_from or version.created_at.date()
    return WaitingVersion(version.id, starts, version.effective_to, version.created_at, version.chunks, replaces)


def _progress(version: DocumentVersion) -> float:
    if version.status == "ready":
        return 1.0
    return min(1.0, version.progress_done / version.progress_total) if version.progress_total else 0.0
