"""expunge_lead: staff remove a patient's data for good, having typed the reference of the request they mean."""

from typing import Any

from app.desk import Desk
from app.errors import Invalid
from app.store.access import row_of
from app.store.audit import Actor
from app.store.tables import Lead
from app.usecases.expunge import Wanted, expunge


def expunge_lead(desk: Desk, clinic_id: str, lead_id: str, reference: str, actor: Actor) -> dict[str, Any]:
    """The receipt of `expunge`. Raises NotFound for another clinic's lead, Invalid when `reference` is not its own: a
    click on the wrong page must not remove somebody else."""
    with desk.database.read() as session:
        own = row_of(session, Lead, clinic_id, lead_id).reference
    if reference.strip().upper() != own:
        raise Invalid("This is not the reference of the request on this page.", "Type it as it stands on the page.")
    return expunge(desk, clinic_id, Wanted(lead_ids=[lead_id]), actor)
