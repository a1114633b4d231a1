"""delete_document: a paper's text is out of reach with one commit; its bytes and its copy in the index go after."""

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import NotFound
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.tables import Clinic, Document, DocumentVersion
from app.usecases.index_document import retire
from app.usecases.paper_files import upload_path


def delete_document(desk: Desk, clinic_id: str, document_id: str, actor: Actor) -> None:
    """Deletes every version of a paper. Raises NotFound for a paper of another clinic or one deleted before."""
    versions = desk.database.write(lambda s: _delete(s, desk, clinic_id, document_id, actor))
    for version_id in versions:
        upload_path(desk.settings, clinic_id, version_id).unlink(missing_ok=True)
    desk.wake()


def _delete(session: Session, desk: Desk, clinic_id: str, document_id: str, actor: Actor) -> list[str]:
    now, document = desk.clock(), row_of(session, Document, clinic_id, document_id)
    if document.deleted_at is not None:
        raise NotFound(f"There is no document {document_id!r}.")
    document.deleted_at = now
    versions = list(session.exec(select(DocumentVersion).where(DocumentVersion.document_id == document_id)))
    for version in versions:
        if version.status == "replaced":  # retired before: its job is on the way or done
            version.status = "deleted"
        else:
            retire(session, desk, version, "deleted")
    clinic = session.get_one(Clinic, clinic_id)
    clinic.knowledge_version += 1
    session.add_all([document, clinic, *versions])
    record(session, now, actor, "deleted", ("document", document_id), clinic_id)
    return [version.id for version in versions]
