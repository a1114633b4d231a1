"""What may be quoted today: the rows behind retrieval. Implements `knowledge.retriever.ChunkSource`."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, literal_column, select
from sqlmodel import Session, col

from app.clock import Clock
from app.store.session import Database
from app.store.tables import ChunkRow, ChunkSentences, Clinic, Document, DocumentVersion
from app.store.versions import in_use
from knowledge.types import Chunk, ChunkKind

# Plain columns: a question looks at a hundred chunks and more, and whole ORM objects would take most of its time.
_CHUNK = (
    col(ChunkRow.id),
    col(ChunkRow.ordinal),
    col(ChunkRow.kind),
    col(ChunkRow.text),
    col(ChunkRow.heading),
    col(ChunkRow.page),
    col(ChunkRow.lead),
    col(ChunkRow.cells),
    col(ChunkRow.notes),
)
_PAPER: tuple[Any, ...] = (
    col(Document.id).label("document_id"),
    col(Document.name).label("document"),
    col(DocumentVersion.effective_from),
    col(DocumentVersion.dated),
    col(DocumentVersion.created_at),
)


def chunk_of(row: Any) -> Chunk:
    """A row that has the columns of `_CHUNK`, as a chunk."""
    return Chunk(
        ordinal=row.ordinal,
        kind=ChunkKind(row.kind),
        text=row.text,
        heading=tuple(row.heading),
        page=row.page,
        lead=row.lead,
        cells=tuple((head, value) for head, value in row.cells),
        id=row.id,
        notes=tuple(row.notes),
    )


class LivePapers:
    """The live chunks of each clinic, on that clinic's calendar day."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def version(self, clinic_id: str) -> str:
        """Changes whenever the live set changes: with each publication, deletion, and at the clinic's midnight."""
        with self._database.read() as session:
            version, _, today = self._now(session, clinic_id)
            return f"{version}/{today.isoformat()}"

    def texts(self, clinic_id: str) -> list[tuple[str, str]]:
        """(chunk id, searchable text) of every live chunk."""
        with self._database.read() as session:
            return [(row.id, chunk_of(row).searchable()) for row in self._live(session, clinic_id, _ALL)]

    def sentences(self, clinic_id: str, ids: Iterable[str], embedder: str) -> Mapping[str, bytes]:
        """Chunk id to the packed vectors of its sentences, for those of `ids` that `embedder` has read."""
        with self._database.read() as session:
            given = {"clinic": clinic_id, "ids": list(ids), "embedder": embedder}
            return {row.chunk_id: row.vectors for row in session.execute(_SENTENCES, given)}

    def unread(self, clinic_id: str, embedder: str, most: int) -> list[Chunk]:
        """At most `most` chunks of live versions whose sentences `embedder` has not read."""
        with self._database.read() as session:
            rows = session.execute(_UNREAD, {"clinic": clinic_id, "embedder": embedder, "most": most})
            return [chunk_of(row) for row in rows]

    def passages(self, clinic_id: str, ids: Iterable[str]) -> Mapping[str, tuple[Chunk, str, str, date | None]]:
        """Chunk id to (chunk, document id, document name, date) for those of `ids` that are live now. The date is
        the day from which the paper holds, else that of its last revision, else that of its upload."""
        with self._database.read() as session:
            _, zone, today = self._now(session, clinic_id)
            rows = session.execute(_SOME, {"clinic": clinic_id, "today": today, "ids": list(ids)})
            return {
                row.id: (
                    chunk_of(row),
                    row.document_id,
                    row.document,
                    row.effective_from or row.dated or row.created_at.astimezone(zone).date(),
                )
                for row in rows
            }

    def documents(self, clinic_id: str, ids: Iterable[str]) -> Mapping[str, str]:
        """Chunk id to document id, for those of `ids` that are this clinic's, live or not."""
        with self._database.read() as session:
            rows = session.execute(_DOCUMENTS, {"clinic": clinic_id, "ids": list(ids)})
            return {row.id: row.document_id for row in rows}

    def wanted_ids(self, session: Session, clinic_id: str) -> dict[str, str]:
        """Chunk id to searchable text of every chunk of a live version, whatever its days: what the index holds."""
        rows = session.execute(_OF_LIVE_VERSIONS, {"clinic": clinic_id})
        return {row.id: chunk_of(row).searchable() for row in rows}

    def _live(self, session: Session, clinic_id: str, which: Any) -> Iterable[Any]:
        _, _, today = self._now(session, clinic_id)
        return session.execute(which, {"clinic": clinic_id, "today": today})

    def _now(self, session: Session, clinic_id: str) -> tuple[int, ZoneInfo, date]:
        """(version of the clinic's papers, its time zone, its calendar day)."""
        version, timezone = session.execute(_CLINIC, {"clinic": clinic_id}).one()
        zone = ZoneInfo(timezone)
        return version, zone, self._clock().astimezone(zone).date()


# Statements are built once: building one takes longer than running it.
_CLINIC = select(col(Clinic.knowledge_version), col(Clinic.timezone)).where(col(Clinic.id) == bindparam("clinic"))
_READ_LIVE = (
    select(*_CHUNK, *_PAPER)
    .join(DocumentVersion, col(ChunkRow.version_id) == col(DocumentVersion.id))
    .join(Document, col(DocumentVersion.document_id) == col(Document.id))
    .where(
        col(DocumentVersion.live).is_(True),
        col(DocumentVersion.status) == "ready",
        col(Document.deleted_at).is_(None),
    )
)
_TODAY: Any = bindparam("today")
# Found once for the whole statement. The plus keeps SQLite from reading all chunks of those versions to find a few.
_ON_THE_DAY = literal_column("+document_version.id").in_(in_use(bindparam("clinic"), _TODAY))
_OF_LIVE_VERSIONS = _READ_LIVE.where(
    col(ChunkRow.clinic_id) == bindparam("clinic"), col(DocumentVersion.clinic_id) == bindparam("clinic")
)
_ALL = _OF_LIVE_VERSIONS.where(_ON_THE_DAY).order_by(col(ChunkRow.id))
# The plus keeps SQLite from reading every chunk of the clinic by that column's index to find a few by their ids.
_THESE = (
    literal_column("+chunk.clinic_id") == bindparam("clinic"),
    literal_column("+document_version.clinic_id") == bindparam("clinic"),
    col(ChunkRow.id).in_(bindparam("ids", expanding=True)),
)
_SOME = _READ_LIVE.where(_ON_THE_DAY, *_THESE)
_DOCUMENTS = (
    select(col(ChunkRow.id), col(DocumentVersion.document_id))
    .join(DocumentVersion, col(ChunkRow.version_id) == col(DocumentVersion.id))
    .where(*_THESE)
)
_BY_EMBEDDER = col(ChunkSentences.embedder) == bindparam("embedder")
_SENTENCES = select(col(ChunkSentences.chunk_id), col(ChunkSentences.vectors)).where(
    col(ChunkSentences.chunk_id).in_(bindparam("ids", expanding=True)),
    col(ChunkSentences.clinic_id) == bindparam("clinic"),
    _BY_EMBEDDER,
)
_UNREAD = (
    _OF_LIVE_VERSIONS.outerjoin(ChunkSentences, and_(col(ChunkSentences.chunk_id) == col(ChunkRow.id), _BY_EMBEDDER))
    .where(col(ChunkSentences.chunk_id).is_(None))
    .order_by(col(ChunkRow.id))
    .limit(bindparam("most"))
)
