"""delete_document: a paper's text is out of reach with one commit; its bytes and its copy in the index go after."""

from datetime import datetime

from sqlmodel import Session, col, delete, select

from app.desk import Desk
from app.errors import NotFound
from app.jobs.queue import enqueue
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.tables import ChunkRow, Clinic, Document, DocumentVersion
from app.usecases.accept_document import upload_path


def delete_document(desk: Desk, clinic_id: str, document_id: str, actor: Actor) -> None:
    """Deletes every version of a paper. Raises NotFound for a paper of another clinic or one deleted before."""
    now = desk.clock()
    versions = desk.database.write(lambda s: _delete(s, clinic_id, document_id, now, actor))
    for version_id in versions:
        upload_path(desk.settings.data_dir, clinic_id, version_id).unlink(missing_ok=True)
    desk.wake()


def _delete(session: Session, clinic_id: str, document_id: str, now: datetime, actor: Actor) -> list[str]:
    document = row_of(session, Document, clinic_id, document_id)
    if document.deleted_at is not None:
        raise NotFound(f"There is no document {document_id!r}.")
    document.deleted_at = now
    session.add(document)
    versions = list(session.exec(select(DocumentVersion).where(DocumentVersion.document_id == document_id)))
    for version in versions:
        version.status, version.live = "deleted", False
        session.add(version)
        _drop_chunks(session, version, now)
    clinic = session.get_one(Clinic, clinic_id)
    clinic.knowledge_version += 1
    session.add(clinic)
    record(session, now, actor, "deleted", ("document", document_id), clinic_id)
    return [version.id for version in versions]


def _drop_chunks(session: Session, version: DocumentVersion, now: datetime) -> None:
    mine = col(ChunkRow.version_id) == version.id
    chunk_ids = list(session.exec(select(ChunkRow.id).where(mine)))
    if chunk_ids:
        session.exec(delete(ChunkRow).where(mine))
        enqueue(session, "unindex", {"version_id": version.id, "chunk_ids": chunk_ids}, version.clinic_id, now)
