"""Where a clinic's notices go."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.store.tables import Destination


def destinations_of(session: Session, clinic_id: str) -> Sequence[Destination]:
    """All of them, the oldest first."""
    mine = select(Destination).where(Destination.clinic_id == clinic_id)
    return session.exec(mine.order_by(col(Destination.created_at), col(Destination.id))).all()


def active_destinations(session: Session, clinic_id: str) -> list[Destination]:
    """Those in use."""
    return [one for one in destinations_of(session, clinic_id) if one.active]
