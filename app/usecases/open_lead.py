"""open_lead: a person reads what a patient told. That they did is on record before they see it."""

from dataclasses import dataclass

from app.delivery.summary import Summary
from app.desk import Desk
from app.dialogue.action import Action
from app.store.audit import Actor
from app.store.queries.clinics import clinic_of_id
from app.store.queries.leads import LeadDetail, lead
from app.usecases.log_read import log_read
from app.usecases.sight import Sight, kinds_of, seen
from app.usecases.summarise_lead import catalogue_of, summarise


@dataclass(frozen=True, slots=True)
class OpenedLead:
    """A lead, its summary, and the action as it was when the lead was made; None for one that is not known any more."""

    lead: LeadDetail
    summary: Summary
    action: Action | None


def open_lead(desk: Desk, clinic_id: str, lead_id: str, actor: Actor, sight: Sight) -> OpenedLead:
    """The lead as `sight` shows it, and the summary of just that. Raises NotFound for another clinic's."""
    whole = lead(desk.database, clinic_id, lead_id)
    log_read(desk, actor, "lead_read", ("lead", lead_id), clinic_id)
    with desk.database.read() as session:
        clinic = clinic_of_id(session, clinic_id)
    catalogue = catalogue_of(desk, clinic, whole)
    shown = seen(whole, sight, kinds_of(catalogue, whole.action))
    return OpenedLead(shown, summarise(shown, clinic, catalogue, desk.wording("en")), catalogue.action(whole.action))
