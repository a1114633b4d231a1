"""Which version of a paper answers on a day. A new version that holds from a later day leaves the one before in use
until then; nothing has to happen on that day: every question reads it off the rows."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as rows_of

from app.clock import day_in
from app.store.tables import DocumentVersion

# Names of their own: the statements that these stand in read versions, too.
_Mine, _Later = aliased(DocumentVersion), aliased(DocumentVersion)


def in_use(clinic_id: Any, today: Any) -> Any:
    """The ids of the versions that answer on the calendar day `today`, as a subquery. Both may be bound parameters."""
    version = _Mine
    starts, ends = col(version.effective_from), col(version.effective_to)
    return select(col(version.id)).where(
        col(version.clinic_id) == clinic_id,
        col(version.live).is_(True),
        col(version.status) == "ready",
        or_(starts.is_(None), starts <= today),
        or_(ends.is_(None), ends >= today),
        ~_followed(today),
    )


def _followed(today: Any) -> Any:
    """Whether a version that took over later has begun. It need not hold any more: what is outdated does not come
    back when its successor ends."""
    mine, later = _Mine, _Later
    begins = col(later.effective_from)
    place = [(col(one.takes_over), col(one.created_at), col(one.id)) for one in (later, mine)]
    return exists().where(
        and_(
            col(later.document_id) == col(mine.document_id),
            col(later.live).is_(True),
            col(later.status) == "ready",
            or_(begins.is_(None), begins <= today),
            tuple_(*place[0]) > tuple_(*place[1]),
        )
    )


def day_of_taking_over(version: DocumentVersion, timezone: str) -> date:
    """From which day a version stands in for those before it: its first day, or that of its upload when it held
    already then."""
    uploaded = day_in(timezone, version.created_at)
    return max(uploaded, version.effective_from or uploaded)


def live_versions(session: Session, document_id: str) -> list[DocumentVersion]:
    """The versions of a paper that answer, will answer or have just answered, in the order of their turns."""
    found = session.exec(
        rows_of(DocumentVersion).where(DocumentVersion.document_id == document_id, col(DocumentVersion.live).is_(True))
    )
    return in_turn(found)


def in_turn(versions: Iterable[DocumentVersion]) -> list[DocumentVersion]:
    """Live versions of one paper in the order in which they take over."""
    return sorted(versions, key=lambda one: (one.takes_over or date.min, one.created_at, one.id))


def without_a_turn(versions: Sequence[DocumentVersion], today: date) -> list[DocumentVersion]:
    """Those of `versions` (in turn) that no day from `today` on belongs to: a later one begins before they would."""

    def is_over(place: int) -> bool:
        first = max(today, versions[place].effective_from or today)
        return any((later.effective_from or today) <= first for later in versions[place + 1 :])

    return [version for place, version in enumerate(versions) if is_over(place)]


def last_days(versions: Sequence[DocumentVersion]) -> dict[str, date | None]:
    """Version id to the last day on which it can answer, its own last day or the one before its successor's first;
    None without an end. `versions` are those of one paper, in turn."""
    found: dict[str, date | None] = {}
    for place, version in enumerate(versions):
        ends = [later.takes_over - timedelta(days=1) for later in versions[place + 1 :] if later.takes_over]
        own = [version.effective_to] if version.effective_to else []
        found[version.id] = min([*ends, *own], default=None)
    return found
