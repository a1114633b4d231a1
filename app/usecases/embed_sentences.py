"""embed_sentences: the sentences of a clinic's papers become vectors before a patient asks. In the background, so that
a new paper is in use without waiting for it: until then a question makes those that it needs."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from app.answering.units import compared
from app.desk import Desk
from app.errors import JobError, Transient
from app.jobs.queue import Claimed, FailedState, enqueue
from app.store.tables import ChunkRow, ChunkSentences, Job
from knowledge.errors import KnowledgeError

KIND = "embed_sentences"
AT_ONCE = 48
"""Passages in one job: a stop of the server waits for it, and so does a new paper."""


def want_sentences(session: Session, clinic_id: str, now: datetime) -> None:
    """Enqueues the work; one waiting job is enough."""
    waiting = select(Job.id).where(Job.clinic_id == clinic_id, Job.kind == KIND, Job.state == "pending")
    if session.exec(waiting.where(col(Job.lease_holder).is_(None))).first() is None:
        enqueue(session, KIND, {}, clinic_id, now)


def run(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Makes and keeps the vectors of some passages, and asks for the next job while there are more. First what the
    next question would wait for is made ready: new papers, or fewer, are why this runs. Raises Transient."""
    clinic_id = job.clinic_id
    try:
        desk.retriever.warm(clinic_id)
        embedder = desk.index.compares_by
        chunks = desk.papers.unread(clinic_id, embedder, AT_ONCE)
        packed = desk.index.packed({chunk.id: compared(chunk) for chunk in chunks})
    except KnowledgeError as problem:
        raise Transient(f"the embedder cannot be used: {problem}") from problem
    if not packed:
        return None

    def keep(session: Session) -> None:
        _keep(session, clinic_id, embedder, packed)
        if len(packed) == AT_ONCE:
            want_sentences(session, clinic_id, desk.clock())

    return keep


def mend(desk: Desk, clinic_id: str) -> None:
    """At start: papers of before, or another embedder's, are read in the background."""
    if desk.papers.unread(clinic_id, desk.index.compares_by, 1):
        desk.database.write(lambda session: want_sentences(session, clinic_id, desk.clock()))
        desk.wake(KIND)


def failed(session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Questions take a little longer meanwhile; nothing else depends on it."""


def _keep(session: Session, clinic_id: str, embedder: str, packed: Mapping[str, bytes]) -> None:
    """Those of passages that were deleted meanwhile are not kept."""
    there = select(ChunkRow.id).where(col(ChunkRow.id).in_(list(packed)), ChunkRow.clinic_id == clinic_id)
    for chunk_id in session.exec(there).all():
        session.merge(
            ChunkSentences(chunk_id=chunk_id, clinic_id=clinic_id, embedder=embedder, vectors=packed[chunk_id])
        )
