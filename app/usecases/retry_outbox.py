"""retry_outbox: a person says that everything of a clinic that could not be sent shall be tried again now."""

from collections.abc import Collection

from sqlmodel import col, select

from app.desk import Desk
from app.store.audit import Actor
from app.store.tables import Notice
from app.usecases.retry_notice import retry_notices


def retry_outbox(desk: Desk, clinic_id: str | None, actor: Actor, only: Collection[str] = ()) -> list[str]:
    """Makes dead and held notices due now: of one clinic or of all, the named ones or every one. Returns their ids."""
    stuck = select(Notice.clinic_id, Notice.id).where(col(Notice.state).in_(["dead", "held"]))
    if clinic_id is not None:
        stuck = stuck.where(Notice.clinic_id == clinic_id)
    with desk.database.read() as session:
        found = [(clinic, notice) for clinic, notice in session.exec(stuck.order_by(col(Notice.created_at)))]
    wanted = [(clinic, notice) for clinic, notice in found if not only or notice in only]
    retry_notices(desk, wanted, actor)
    return [notice for _, notice in wanted]
