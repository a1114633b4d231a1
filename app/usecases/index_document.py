"""index_document: an uploaded paper is read, stored as chunks, indexed, and made live in one commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from app.clock import day_in, new_id
from app.desk import Desk
from app.errors import JobError, Permanent, Transient
from app.jobs.queue import Claimed, FailedState
from app.store import audit
from app.store.tables import ChunkRow, Clinic, Document, DocumentVersion
from app.store.versions import day_of_taking_over, live_versions, without_a_turn
from app.usecases.embed_sentences import want_sentences
from app.usecases.end_turns import end_turns_of, retire
from app.usecases.index_multilingual import speaks_more, want_multilingual
from app.usecases.paper_files import bytes_of
from app.usecases.propose_payer_rows import Proposal, propose_payer_rows
from ingestion.types import Parsed, ParserBroke, Unreadable
from knowledge.errors import KnowledgeError
from knowledge.types import Chunk

PROGRESS_STEP = 64
"""Chunks between two notes of progress; each note is a commit."""


# By what its server says that a page is; anything else is told by its content alone.
_ENDINGS = {"text/html": ".html", "application/xhtml+xml": ".html", "text/csv": ".csv", "text/markdown": ".md"}


@dataclass(frozen=True, slots=True)
class _Upload:
    version_id: str
    document_id: str
    clinic_id: str
    name: str
    is_page: bool


def index_document(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Reads and indexes the version that the job names. A paper that cannot be read ends as `failed` with a sentence
    for the manager; raises Transient when the parser or the index broke."""
    upload = _begin(desk, str(job.payload["version_id"]))
    if upload is None:
        return None
    data = bytes_of(desk, upload.clinic_id, upload.version_id)
    try:
        parsed = desk.parser.parse(data, upload.name)
    except Unreadable as problem:
        reason = str(problem)
        return lambda session: _set_failed(session, desk, upload, reason)
    except ParserBroke as problem:
        raise Transient(f"the parser broke: {problem}") from problem
    if upload.is_page and desk.database.write(lambda session: _is_unchanged(session, desk, upload, parsed)):
        desk.uploads.remove(upload.clinic_id, upload.version_id)
        return None
    chunks = desk.database.write(lambda session: _store(session, upload, parsed))
    if chunks is None:
        return None
    try:
        desk.index.add(upload.clinic_id, chunks, lambda done, total: _progress(desk, upload, done, total))
    except KnowledgeError as problem:
        raise Transient(f"the index cannot be used: {problem}") from problem
    return lambda session: _publish(session, desk, upload, parsed, len(chunks))


def index_failed(desk: Desk, session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Shows the manager that the paper waits, or that it failed for good."""
    version = session.get(DocumentVersion, str(job.payload["version_id"]))
    if version is None or version.status == "deleted":
        return
    version.status = "queued" if state == "pending" else "failed"
    version.error = None if state == "pending" else error.message
    session.add(version)
    if state != "pending":
        audit.record(
            session, desk.clock(), audit.DESK, "document_failed", ("document_version", version.id), version.clinic_id
        )


def _begin(desk: Desk, version_id: str) -> _Upload | None:
    def work(session: Session) -> _Upload | None:
        version = session.get(DocumentVersion, version_id)
        if version is None:
            raise Permanent(f"document version {version_id!r} is gone")
        if version.status == "deleted":
            return None
        document = session.get_one(Document, version.document_id)
        version.status, version.error = "reading", None
        session.add(version)
        name = f"page{_ENDINGS.get(version.media_type or '', '')}" if document.source_url else document.name
        return _Upload(version.id, document.id, version.clinic_id, name, bool(document.source_url))

    return desk.database.write(work)


def _is_unchanged(session: Session, desk: Desk, upload: _Upload, parsed: Parsed) -> bool:
    """Whether a page says what its version in use says, though its bytes differ (a token, a counter): then that one
    stays and the new one leaves."""
    version = session.get_one(DocumentVersion, upload.version_id)
    last = [one for one in live_versions(session, upload.document_id) if one.id != version.id][-1:]
    if not last or version.status == "deleted":
        return False
    live = last[0]
    rows = session.exec(select(ChunkRow).where(ChunkRow.version_id == live.id).order_by(col(ChunkRow.ordinal)))
    stored = [(r.text, r.lead, list(r.heading), [list(c) for c in r.cells], list(r.notes)) for r in rows]
    read = [(c.text, c.lead, list(c.heading), [list(p) for p in c.cells], list(c.notes)) for c in parsed.chunks]
    if stored != read:
        return False
    live.sha256 = version.sha256
    session.add(live)
    session.delete(version)
    audit.record(session, desk.clock(), audit.DESK, "page_unchanged", ("document", upload.document_id), live.clinic_id)
    return True


def _store(session: Session, upload: _Upload, parsed: Parsed) -> list[Chunk] | None:
    """Chunk rows of a version that is not live yet; a second try replaces those of the first. None when the version
    was deleted while it was being read."""
    version = session.get_one(DocumentVersion, upload.version_id)
    if version.status == "deleted":
        return None
    for row in session.exec(select(ChunkRow).where(ChunkRow.version_id == upload.version_id)):
        session.delete(row)
    version.progress_done, version.progress_total = 0, len(parsed.chunks)
    session.add(version)
    stored = []
    for chunk in parsed.chunks:
        row = ChunkRow(
            id=new_id("chunk"),
            clinic_id=upload.clinic_id,
            version_id=upload.version_id,
            ordinal=chunk.ordinal,
            kind=chunk.kind.value,
            text=chunk.text,
            heading=list(chunk.heading),
            page=chunk.page,
            lead=chunk.lead,
            cells=[list(pair) for pair in chunk.cells],
            notes=list(chunk.notes),
        )
        session.add(row)
        stored.append(replace(chunk, id=row.id))
    return stored


def _progress(desk: Desk, upload: _Upload, done: int, total: int) -> None:
    if done % PROGRESS_STEP and done != total:
        return

    def work(session: Session) -> None:
        version = session.get_one(DocumentVersion, upload.version_id)
        version.progress_done, version.progress_total = done, total
        session.add(version)

    desk.database.write(work)


def _publish(session: Session, desk: Desk, upload: _Upload, parsed: Parsed, chunks: int) -> None:
    """The new version becomes live, and those that have no turn any more do not, at the same moment; a version that was
    deleted or overtaken meanwhile leaves again."""
    version, clinic = session.get_one(DocumentVersion, upload.version_id), session.get_one(Clinic, upload.clinic_id)
    now, deleted = desk.clock(), version.status == "deleted"
    today = day_in(clinic.timezone, now)
    if not deleted:
        _describe(version, parsed, chunks, clinic.timezone)
        end_turns_of(session, desk, upload.document_id, today)
    turns = _turns(session, version)
    over = without_a_turn(turns, today)
    if deleted or version in over:
        retire(session, desk, version, "deleted" if deleted else "replaced")
        return
    before = turns[: turns.index(version)]
    last = before[-1] if before else None
    propose_payer_rows(session, Proposal(version, parsed.payer_rows, last, over, today), now)
    for old in over:
        retire(session, desk, old, "replaced")
    version.status, version.live, version.ready_at = "ready", True, now
    if version.effective_from and version.effective_from > today:
        version.warnings = [
            *version.warnings,
            _waits(version.effective_from, [one for one in before if one not in over]),
        ]
    clinic.knowledge_version += 1
    session.add_all([version, clinic])
    want_sentences(session, clinic.id, now)
    if speaks_more(clinic):
        want_multilingual(session, desk, clinic, now)
    audit.record(session, now, audit.DESK, "document_ready", ("document_version", version.id), clinic.id)


def _describe(version: DocumentVersion, parsed: Parsed, chunks: int, timezone: str) -> None:
    version.chunks, version.pages, version.media_type = chunks, parsed.pages, parsed.media_type
    version.progress_done = version.progress_total = chunks
    version.warnings, version.dated = list(parsed.warnings), parsed.dated
    if not version.dates_by_hand:
        version.effective_from, version.effective_to = parsed.effective_from, parsed.effective_to
    version.takes_over = day_of_taking_over(version, timezone)


def _turns(session: Session, version: DocumentVersion) -> list[DocumentVersion]:
    """The versions of its paper in turn, this one among them. Of two that were uploaded at one moment, this is the
    later."""
    others = [one for one in live_versions(session, version.document_id) if one.id != version.id]
    place = sum(
        (one.takes_over or date.min, one.created_at) <= (version.takes_over, version.created_at) for one in others
    )
    return [*others[:place], version, *others[place:]]


def _waits(starts: date, before: Sequence[DocumentVersion]) -> str:
    day = f"{starts:%B} {starts.day}, {starts.year}"
    until = (
        "Until then they are answered from its last version." if before else "Until then nobody is answered from it."
    )
    return f"Patients are answered from this version from {day} on. {until}"


def _set_failed(session: Session, desk: Desk, upload: _Upload, reason: str) -> None:
    version = session.get_one(DocumentVersion, upload.version_id)
    if version.status == "deleted":
        return
    version.status, version.error = "failed", reason
    session.add(version)
    audit.record(
        session, desk.clock(), audit.DESK, "document_failed", ("document_version", version.id), upload.clinic_id
    )
