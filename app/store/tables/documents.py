"""Papers, their versions, and the chunks that were read from them. These rows are the truth; the index is a copy."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment


class Document(SQLModel, table=True):
    """A paper of a clinic, by its file name or web address; giving that again makes a new version."""

    __tablename__ = "document"

    id: str = identifier("doc")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    name: str
    created_at: datetime = moment()
    deleted_at: datetime | None = moment(null=True)
    source_url: str | None = None
    """The web page it is read from again and again; None for an uploaded file."""
    etag: str | None = None
    last_modified: str | None = None
    """What the page's server said at the last read, for a read that costs nothing when nothing changed."""
    last_read_at: datetime | None = moment(null=True)
    reading_problem: str | None = None
    """Why the last read of the page failed, a sentence for the manager; None when it went well."""


class DocumentVersion(SQLModel, table=True):
    """One uploaded file. `status`: queued, reading, ready, failed, replaced or deleted; only a ready version that is
    `live` can be quoted. A paper may have several live versions, each with days of its own: `store.versions`."""

    __tablename__ = "document_version"
    __table_args__ = (Index("ix_document_version_live", "document_id", sqlite_where=text("live IS 1")),)

    id: str = identifier("ver")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    document_id: str = Field(foreign_key="document.id", index=True)
    status: str = "queued"
    live: bool = False
    sha256: str
    size_bytes: int
    media_type: str | None = None
    pages: int | None = None
    chunks: int = 0
    progress_done: int = 0
    progress_total: int = 0
    warnings: list[str] = json_column(list)
    error: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    dates_by_hand: bool = False
    """Whether staff gave the two days above; what the paper itself says does not change them then."""
    takes_over: date | None = None
    """From which day it stands in for the versions before it; None until it is ready."""
    dated: date | None = None
    """The day of the paper's last revision, shown where it does not say since when it holds."""
    created_at: datetime = moment()
    ready_at: datetime | None = moment(null=True)


class ChunkRow(SQLModel, table=True):
    """A `knowledge.types.Chunk`, stored."""

    __tablename__ = "chunk"

    id: str = identifier("chunk")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    version_id: str = Field(foreign_key="document_version.id", index=True)
    ordinal: int
    kind: str
    text: str
    heading: list[str] = json_column(list)
    page: int | None = None
    lead: str = ""
    cells: list[Any] = json_column(list)
    notes: list[str] = json_column(list)


class ChunkSentences(SQLModel, table=True):
    """The vectors of a chunk's sentences, so that no question waits for them: a copy that can be made again from the
    chunk's text, and goes with it. `vectors` as `knowledge.sentences` packs them, made by `embedder`."""

    __tablename__ = "chunk_sentences"

    chunk_id: str = Field(primary_key=True, foreign_key="chunk.id", ondelete="CASCADE")
    clinic_id: str = Field(foreign_key="clinic.id")
    embedder: str
    vectors: bytes
