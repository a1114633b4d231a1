"""date_document: staff say since when and until when a paper holds; on other days no patient is answered from it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from app.clock import day_in
from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.queries.papers import GONE
from app.store.tables import Clinic, Document, DocumentVersion
from app.store.versions import day_of_taking_over

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
    desk: Desk,
    clinic_id: str,
    document_id: str,
    dates: Dates,
    actor: Actor,
    *,
    given: Collection[str] = BOTH,
    version_id: str | None = None,
) -> None:
    """Sets or clears the days of a version, without `version_id` of the newest and, while that one is not ready, of
    those in use as well; a day that is not `given` stays. Raises NotFound, Invalid."""
    checked = dates.checked() if set(given) == set(BOTH) else dates
    change = _Change(document_id, checked, frozenset(given), version_id)
    desk.database.write(lambda s: _date(s, desk, clinic_id, change, actor))


@dataclass(frozen=True, slots=True)
class _Change:
    document_id: str
    dates: Dates
    given: frozenset[str]
    version_id: str | None

    def of(self, version: DocumentVersion, today: date | None) -> Dates:
        """What its days become. Those of a version in use, where it is not the one meant, go on until the newest is
        there: it does not begin anew in the future (`today` is given for it)."""
        begins = "starts" in self.given and not (today and self.dates.starts and self.dates.starts > today)
        starts = self.dates.starts if begins else version.effective_from
        ends = self.dates.ends if "ends" in self.given else version.effective_to
        return Dates(starts, ends).checked()


def _date(session: Session, desk: Desk, clinic_id: str, change: _Change, actor: Actor) -> None:
    document = row_of(session, Document, clinic_id, change.document_id)
    if document.deleted_at is not None:
        raise NotFound(f"There is no document {change.document_id!r}.")
    clinic = session.get_one(Clinic, clinic_id)
    today = day_in(clinic.timezone, desk.clock())
    meant, beside = _versions(session, change)
    for version in (meant, *beside):
        dates = change.of(version, None if version is meant else today)
        version.effective_from, version.effective_to = dates.starts, dates.ends
        version.dates_by_hand = True
        if version.live:
            version.takes_over = day_of_taking_over(version, clinic.timezone)
        session.add(version)
    clinic.knowledge_version += 1
    session.add(clinic)
    record(session, desk.clock(), actor, "document_dated", ("document", change.document_id), clinic_id)


def _versions(session: Session, change: _Change) -> tuple[DocumentVersion, list[DocumentVersion]]:
    """(the version that is meant, those in use while it is not ready)."""
    versions = session.exec(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == change.document_id)
        .order_by(col(DocumentVersion.created_at).desc(), col(DocumentVersion.id).desc())
    ).all()
    if change.version_id is not None:
        named = [one for one in versions if one.id == change.version_id and one.live]
        if not named:
            raise NotFound(f"There is no version {change.version_id!r} of this document.", "Look at the papers again.")
        return named[0], []
    newest = next((one for one in versions if one.status not in GONE), versions[0])
    return newest, [] if newest.live else [one for one in versions if one.live]
