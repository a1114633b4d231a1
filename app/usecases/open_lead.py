"""open_lead: a person reads what a patient told. That they did is on record before they see it."""

from app.desk import Desk
from app.store.audit import Actor, record
from app.store.queries.leads import LeadDetail, lead


def open_lead(desk: Desk, clinic_id: str, lead_id: str, actor: Actor) -> LeadDetail:
    """The lead. Raises NotFound for another clinic's."""
    found, now = lead(desk.database, clinic_id, lead_id), desk.clock()
    desk.database.write(lambda s: record(s, now, actor, "read", ("lead", lead_id), clinic_id))
    return found
