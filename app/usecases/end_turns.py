"""end_turns: a version of a paper that another took over from leaves, with all that is kept of it. No answer has come
from it since that day; this only clears up."""

from datetime import date, timedelta
from functools import partial

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.clock import day_in
from app.desk import Desk
from app.jobs.queue import enqueue
from app.store import audit
from app.store.tables import ChunkRow, Clinic, DocumentVersion
from app.store.versions import live_versions, without_a_turn
from app.usecases.propose_payer_rows import end_payer_rows


def end_turns(desk: Desk) -> None:
    """Retires, in every clinic, the versions whose turn was over the day before: nobody asks of that day any more."""
    with desk.database.read() as session:
        several = (
            select(DocumentVersion.clinic_id, DocumentVersion.document_id, Clinic.timezone)
            .join(Clinic, col(Clinic.id) == col(DocumentVersion.clinic_id))
            .where(col(DocumentVersion.live).is_(True))
            .group_by(col(DocumentVersion.document_id))
            .having(func.count() > 1)
        )
        found = [(document_id, timezone) for _, document_id, timezone in session.exec(several)]
    for document_id, timezone in found:
        yesterday = day_in(timezone, desk.clock()) - timedelta(days=1)
        desk.database.write(partial(_end, desk, document_id, yesterday))
    if found:
        desk.wake("unindex")


def _end(desk: Desk, document_id: str, day: date, session: Session) -> None:
    end_turns_of(session, desk, document_id, day)


def end_turns_of(session: Session, desk: Desk, document_id: str, day: date) -> None:
    """Retires the versions of one paper that no day from `day` on belongs to, in the caller's transaction."""
    turns = live_versions(session, document_id)
    over = without_a_turn(turns, day)
    for version in over:
        successor = next(one for one in turns[turns.index(version) + 1 :] if one not in over)
        end_payer_rows(session, version, successor)
        retire(session, desk, version, "replaced")
        target = ("document_version", version.id)
        audit.record(session, desk.clock(), audit.DESK, "document_ended", target, version.clinic_id)


def retire(session: Session, desk: Desk, version: DocumentVersion, status: str) -> None:
    """Takes a version out of use in the caller's transaction: its text is unreachable from the commit on; a job
    removes its vectors and bytes."""
    rows = session.exec(select(ChunkRow).where(ChunkRow.version_id == version.id)).all()
    ids = [row.id for row in rows]
    for row in rows:
        session.delete(row)
    version.live, version.status = False, status
    session.add(version)
    enqueue(session, "unindex", {"version_id": version.id, "chunk_ids": ids}, version.clinic_id, desk.clock())
