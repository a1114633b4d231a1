"""name_coordinator: the mailbox that `clinic set --coordinator` names is one of the clinic's destinations."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.store.tables import Clinic, Destination, Notice

UNSENT = ("pending", "held", "dead")


def name_coordinator(session: Session, clinic: Clinic, before: str | None, now: datetime) -> None:
    """Gives the coordinator's address its destination. `before` was the coordinator until now: that mailbox may belong
    to somebody else tomorrow, so nothing more goes there, and what could not be sent yet goes to the new one. The
    caller commits, with an audit row."""
    new = _of_address(session, clinic.id, clinic.coordinator_email)
    if new is None:
        new = Destination(clinic_id=clinic.id, channel="email", address=clinic.coordinator_email, created_at=now)
    new.active = new.hears_all = True
    session.add(new)
    session.flush()
    old = _of_address(session, clinic.id, before) if before else None
    if old is None or old.id == new.id:
        return
    old.active = False
    session.add(old)
    _hand_over(session, old, new)


def _of_address(session: Session, clinic_id: str, address: str) -> Destination | None:
    mine = select(Destination).where(Destination.clinic_id == clinic_id, Destination.channel == "email")
    return session.exec(mine.where(Destination.address == address)).first()


def _hand_over(session: Session, old: Destination, new: Destination) -> None:
    """Leads that the new place was told of already stay told once."""
    known = select(Notice.lead_id).where(Notice.destination_id == new.id)
    waiting = select(Notice).where(
        Notice.destination_id == old.id, col(Notice.state).in_(UNSENT), col(Notice.lead_id).not_in(known)
    )
    for notice in session.exec(waiting).all():
        notice.destination_id, notice.destination = new.id, new.shown
        session.add(notice)
