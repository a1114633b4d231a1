"""index_multilingual: a second copy of a clinic's papers, in vectors that questions of other languages can be compared
with. Slow (a few passages a second), so in the background, and only for clinics that switched a language on."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import JobError, Transient
from app.jobs.queue import Claimed, FailedState, enqueue
from app.store.tables import Clinic, Job
from app.usecases.repair_index import wanted
from knowledge.errors import KnowledgeError

KIND = "index_multilingual"
AT_ONCE = 48
"""Passages in one job: a job must end well before its lease does, and a stop of the server waits for it."""


def speaks_more(clinic: Clinic) -> bool:
    """Whether the clinic answers in another language than English."""
    return bool(set(clinic.languages) - {"en"})


def want_multilingual(session: Session, desk: Desk, clinic: Clinic, now: datetime) -> None:
    """Enqueues the work, if there is any to do on this install; one waiting job is enough."""
    if desk.multilingual is None:
        return
    waiting = select(Job.id).where(Job.clinic_id == clinic.id, Job.kind == KIND, Job.state == "pending")
    if session.exec(waiting.where(Job.lease_holder == None)).first() is None:  # noqa: E711 - SQL's IS NULL
        enqueue(session, KIND, {}, clinic.id, now)


def run(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """Makes the copy equal to the rows, a part at a time; drops it for a clinic that speaks English only. Raises
    Transient."""
    index = desk.multilingual
    if index is None:
        return None
    with desk.database.read() as session:
        clinic = session.get_one(Clinic, job.clinic_id)
        wants = speaks_more(clinic)
    try:
        if not wants:
            index.drop(job.clinic_id)
            return None
        added, _ = index.repair(job.clinic_id, partial(wanted, desk, job.clinic_id), most=AT_ONCE)
    except KnowledgeError as problem:
        raise Transient(f"the index of other languages cannot be used: {problem}") from problem
    if added < AT_ONCE:
        return None
    return lambda session: want_multilingual(session, desk, session.get_one(Clinic, job.clinic_id), desk.clock())


def mend(desk: Desk, clinic_id: str) -> None:
    """At start: has the copy compared with the rows, in the background."""
    with desk.database.read() as session:
        needed = desk.multilingual is not None and speaks_more(session.get_one(Clinic, clinic_id))
    if needed:
        desk.database.write(lambda s: want_multilingual(s, desk, s.get_one(Clinic, clinic_id), desk.clock()))
        desk.wake()


def failed(session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Questions in other languages find less meanwhile and are passed on to a person; nothing else depends on it."""
