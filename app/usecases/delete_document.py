"""delete_document: a paper's text is out of reach with one commit; its bytes and its copy in the index go after."""

import logging
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import NotFound, describe
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.queries.papers import GONE
from app.store.tables import ChunkRow, Clinic, Document, DocumentVersion
from app.usecases.end_turns import retire
from app.usecases.propose_payer_rows import remove_payer_rows

log = logging.getLogger("frontdesk.papers")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was removed, in numbers. `vectors_pending` counts copies in the index that a job removes as soon as the
    index can be used; nothing can be quoted from them."""

    document_id: str
    document: str
    versions: int
    chunks: int
    payer_rows: int
    files: int = 0
    vectors: int = 0
    vectors_pending: int = 0


@dataclass(frozen=True, slots=True)
class _Removed:
    receipt: Receipt
    version_ids: list[str]
    chunk_ids: list[str]


def delete_document(
    desk: Desk, clinic_id: str, document_id: str, actor: Actor, *, version_id: str | None = None
) -> Receipt:
    """Deletes every version of a paper, or the named one while others stay: one that waits, or the one in use. Raises
    NotFound for a paper of another clinic or one deleted before, and for a version that is gone."""
    removed = desk.database.write(lambda s: _delete(s, desk, clinic_id, (document_id, version_id), actor))
    files = 0
    for gone in removed.version_ids:
        files += desk.uploads.remove(clinic_id, gone)
    vectors = _forget(desk, clinic_id, removed.chunk_ids)
    desk.wake()
    return replace(removed.receipt, files=files, vectors=vectors, vectors_pending=len(removed.chunk_ids) - vectors)


def _delete(session: Session, desk: Desk, clinic_id: str, meant: tuple[str, str | None], actor: Actor) -> _Removed:
    document_id, version_id = meant
    now, document = desk.clock(), row_of(session, Document, clinic_id, document_id)
    if document.deleted_at is not None:
        raise NotFound(f"There is no document {document_id!r}.")
    versions = list(session.exec(select(DocumentVersion).where(DocumentVersion.document_id == document_id)))
    one = None if version_id is None else _one_of(versions, version_id)
    if one is None or not [other for other in versions if other is not one and other.status not in GONE]:
        version_id = None  # the last one goes with its paper
        document.deleted_at = now
    else:
        versions = [one]
    chunks: list[str] = []
    for version in versions:
        if version.status == "replaced":  # retired before: its job is on the way or done
            version.status = "deleted"
        else:
            chunks += session.exec(select(ChunkRow.id).where(ChunkRow.version_id == version.id))
            retire(session, desk, version, "deleted")
    payer_rows = remove_payer_rows(session, document_id, version_id)
    clinic = session.get_one(Clinic, clinic_id)
    clinic.knowledge_version += 1
    session.add_all([document, clinic, *versions])
    target = ("document_version", version_id) if version_id else ("document", document_id)
    record(session, now, actor, "deleted", target, clinic_id)
    receipt = Receipt(document_id, document.name, len(versions), len(chunks), payer_rows)
    return _Removed(receipt, [version.id for version in versions], chunks)


def _one_of(versions: list[DocumentVersion], version_id: str) -> DocumentVersion:
    found = [one for one in versions if one.id == version_id and one.status not in GONE]
    if not found:
        raise NotFound(f"There is no version {version_id!r} of this document.", "Look at the papers again.")
    return found[0]


def _forget(desk: Desk, clinic_id: str, chunk_ids: list[str]) -> int:
    """Removes the vectors now if the index is open; the job that `retire` left does it otherwise, and makes sure."""
    if not desk.index.ready or not chunk_ids:
        return 0
    try:
        desk.index.remove(clinic_id, chunk_ids)
    except Exception as problem:
        log.warning("vectors of a deleted paper wait for their job: %s", describe(problem))
        return 0
    return len(chunk_ids)
