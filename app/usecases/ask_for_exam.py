"""ask_for_exam: staff want the language model to answer the practice messages again."""

from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store.access import clinic_by_site_key
from app.store.audit import Actor, record
from app.store.queries.clinics import ClinicFacts, facts_of
from app.usecases.switch_model import need_model
from app.usecases.take_exam import want_exam


def ask_for_exam(desk: Desk, site_key: str, actor: Actor) -> ClinicFacts:
    """It is taken soon, at this clinic's expense; asked twice, once. What is known of the model holds until then.
    Raises Invalid where the install has no model, or the clinic has it off."""
    need_model(desk)

    def work(session: Session) -> ClinicFacts:
        clinic = clinic_by_site_key(session, site_key)
        if not clinic.model_on:
            raise Invalid("The language model is off for this clinic.", "Switch it on first.")
        want_exam(session, desk, clinic.id, again=True)
        record(session, desk.clock(), actor, "exam_asked", ("clinic", clinic.id), clinic.id)
        return facts_of(clinic)

    clinic = desk.database.write(work)
    desk.wake()
    return clinic
