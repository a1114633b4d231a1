"""unindex_document: vectors and bytes of a retired version are removed, after its rows are gone."""

from collections.abc import Callable

from sqlmodel import Session

from app.desk import Desk
from app.errors import JobError, Transient
from app.jobs.queue import Claimed, FailedState
from app.store import audit
from knowledge.errors import KnowledgeError


def unindex_document(desk: Desk, job: Claimed) -> Callable[[Session], None]:
    """Removes what the index and the disk still hold. Raises Transient."""
    version_id = str(job.payload["version_id"])
    try:
        for index in filter(None, (desk.index, desk.multilingual)):
            index.remove(job.clinic_id, list(job.payload["chunk_ids"]))
        desk.uploads.remove(job.clinic_id, version_id)
        desk.retriever.warm(job.clinic_id)  # no patient waits for the words of what is left to be counted again
    except (KnowledgeError, OSError) as problem:
        raise Transient(f"could not remove version {version_id}: {type(problem).__name__}") from problem
    target = ("document_version", version_id)
    return lambda session: audit.record(session, desk.clock(), audit.DESK, "document_removed", target, job.clinic_id)


def unindex_failed(desk: Desk, session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """The rows are gone already, so nothing can be quoted; repair at the next start removes what is left."""
