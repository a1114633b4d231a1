"""switch_model: whether a clinic lets the install's language model help."""

from datetime import datetime

from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store.access import clinic_by_site_key
from app.store.audit import Actor, record
from app.store.queries.clinics import ClinicFacts, facts_of
from app.store.tables import Clinic
from app.usecases.take_exam import want_exam

NO_MODEL = "This install has no language model."
NAME_ONE = (
    "Whoever runs the server names one first, with FRONTDESK_LLM_BASE_URL and FRONTDESK_LLM_MODEL (docs/model.md)."
)


def switch_model(desk: Desk, site_key: str, on: bool, actor: Actor) -> ClinicFacts:
    """The clinic after it; the same again leaves no second entry in the audit. Raises Invalid for on where the install
    has no model. From the next message on; one that is being answered goes on as it began."""
    if on:
        need_model(desk)

    def work(session: Session) -> ClinicFacts:
        clinic = clinic_by_site_key(session, site_key)
        if clinic.model_on != on:
            clinic.model_on = on
            session.add(clinic)
            note_switch(session, clinic, actor, desk.clock())
            if on:
                want_exam(session, desk, clinic.id)
        return facts_of(clinic)

    switched = desk.database.write(work)
    desk.wake()
    return switched


def need_model(desk: Desk) -> None:
    """Raises Invalid where there is none: a switch that stands on and does nothing would be believed."""
    if not desk.settings.llm_base_url:
        raise Invalid(NO_MODEL, NAME_ONE)


def note_switch(session: Session, clinic: Clinic, actor: Actor, at: datetime) -> None:
    """Who switched, in the caller's transaction."""
    verb = "model_on" if clinic.model_on else "model_off"
    record(session, at, actor, verb, ("clinic", clinic.id), clinic.id)
