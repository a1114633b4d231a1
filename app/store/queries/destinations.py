"""Where a clinic's notices go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from app.errors import NotFound
from app.store.access import row_of
from app.store.rows import run
from app.store.session import Database
from app.store.tables import Channel, Clinic, Destination

_OF_CLINIC = (
    select(Destination)
    .where(col(Destination.clinic_id) == bindparam("clinic_id"))
    .order_by(col(Destination.created_at), col(Destination.id))
)
_ROWS = (
    select_columns(SQLModel.metadata.tables["destination"])
    .where(col(Destination.clinic_id) == bindparam("clinic_id"))
    .order_by(col(Destination.created_at), col(Destination.id))
)


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    """One destination as people may see it. `fields` None: as the clinic's row says for e-mail. `hears_all` is false
    for an address that only some actions name. `old_secret_until`: until when an earlier secret signs too."""

    id: str
    channel: Channel
    address: str
    fields: tuple[str, ...] | None
    hears_all: bool
    coordinator: bool
    created_at: datetime
    old_secret_until: datetime | None = None


def destination_facts(row: Destination, coordinator_email: str) -> DestinationFacts:
    """The row without what is secret."""
    until = [datetime.fromisoformat(one["until"]) for one in row.secrets if one["until"]]
    return DestinationFacts(
        id=row.id,
        channel=row.channel,
        address=row.shown,
        fields=None if row.fields is None else tuple(row.fields),
        hears_all=row.hears_all,
        coordinator=row.channel == "email" and row.address == coordinator_email,
        created_at=row.created_at,
        old_secret_until=max(until, default=None),
    )


def list_destinations(database: Database, clinic_id: str) -> list[DestinationFacts]:
    """Those that were not removed, the oldest first."""
    with database.read() as session:
        coordinator = session.get_one(Clinic, clinic_id).coordinator_email
        return [destination_facts(row, coordinator) for row in active_destinations(session, clinic_id)]


def destinations_of(session: Session, clinic_id: str) -> Sequence[Destination]:
    """All rows, the oldest first."""
    return session.execute(_OF_CLINIC, {"clinic_id": clinic_id}).scalars().all()


def places_of(session: Session, clinic_id: str) -> list[Destination]:
    """As `destinations_of`, for who only reads: the session does not follow them."""
    return [Destination(**row._asdict()) for row in run(session, _ROWS, clinic_id=clinic_id)]


def active_destination(session: Session, clinic_id: str, destination_id: str) -> Destination:
    """Raises NotFound for another clinic's, and for one that was removed."""
    row = row_of(session, Destination, clinic_id, destination_id)
    if not row.active:
        raise NotFound(f"There is no destination {destination_id!r}.")
    return row


def active_destinations(session: Session, clinic_id: str) -> list[Destination]:
    """Those in use."""
    return [one for one in destinations_of(session, clinic_id) if one.active]
