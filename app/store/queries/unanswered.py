"""Questions that no paper of the clinic answers, or two answer differently."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from app.store.session import Database
from app.store.tables import QuestionKind, UnansweredQuestion

NEWEST = 500


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question in the patient's words, without who asked it. `kind` says why: no_paper or papers_disagree."""

    id: str
    question: str
    asked_at: datetime
    kind: QuestionKind


def unanswered(database: Database, clinic_id: str) -> list[Unanswered]:
    """The newest 500 that staff have not dealt with, newest first."""
    query = select(UnansweredQuestion).where(
        UnansweredQuestion.clinic_id == clinic_id, col(UnansweredQuestion.done_at).is_(None)
    )
    with database.read() as session:
        found = session.exec(query.order_by(col(UnansweredQuestion.created_at).desc()).limit(NEWEST))
        return [Unanswered(row.id, row.question, row.created_at, row.kind) for row in found]
