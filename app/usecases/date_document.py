"""date_document: staff say since when and until when a paper holds; on other days no patient is answered from it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.tables import Clinic, Document, DocumentVersion

BOTH = ("starts", "ends")


@dataclass(frozen=True, slots=True)
class Dates:
    """Calendar days of the clinic, both ends included; None means no limit."""

    starts: date | None = None
    ends: date | None = None

    def checked(self) -> "Dates":
        """Itself. Raises Invalid when it ends before it starts."""
        if self.starts and self.ends and self.starts > self.ends:
            raise Invalid(f"The paper would end on {self.ends} before it starts on {self.starts}.", "Check both days.")
        return self


def date_document(
    desk: Desk, clinic_id: str, document_id: str, dates: Dates, actor: Actor, *, given: Collection[str] = BOTH
) -> None:
    """Sets or clears the days of the paper's newest version and of the one in use; of each, a day that is not `given`
    stays. Raises NotFound, Invalid."""
    change = _Change(document_id, dates.checked() if set(given) == set(BOTH) else dates, frozenset(given))
    desk.database.write(lambda s: _date(s, desk, clinic_id, change, actor))


@dataclass(frozen=True, slots=True)
class _Change:
    document_id: str
    dates: Dates
    given: frozenset[str]

    def of(self, version: DocumentVersion) -> Dates:
        starts = self.dates.starts if "starts" in self.given else version.effective_from
        ends = self.dates.ends if "ends" in self.given else version.effective_to
        return Dates(starts, ends).checked()


def _date(session: Session, desk: Desk, clinic_id: str, change: _Change, actor: Actor) -> None:
    document_id = change.document_id
    document = row_of(session, Document, clinic_id, document_id)
    if document.deleted_at is not None:
        raise NotFound(f"There is no document {document_id!r}.")
    versions = session.exec(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document_id)
        .order_by(col(DocumentVersion.created_at).desc(), col(DocumentVersion.id).desc())
    ).all()
    for place, version in enumerate(versions):
        if place == 0 or version.live:
            dates = change.of(version)
            version.effective_from, version.effective_to = dates.starts, dates.ends
            version.dates_by_hand = True
            session.add(version)
    clinic = session.get_one(Clinic, clinic_id)
    clinic.knowledge_version += 1
    session.add(clinic)
    record(session, desk.clock(), actor, "document_dated", ("document", document_id), clinic_id)
