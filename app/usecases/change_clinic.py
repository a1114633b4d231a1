"""change_clinic: a clinic's own settings."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from app.desk import Desk
from app.store import audit
from app.store.access import clinic_by_site_key
from app.store.queries.clinics import ClinicFacts, clinic_of_site, facts_of
from app.usecases.allowed_fields import checked_fields
from app.usecases.create_clinic import ClinicDraft, checked
from app.usecases.index_multilingual import want_multilingual
from app.usecases.name_coordinator import name_coordinator
from app.usecases.switch_model import need_model, note_switch
from app.usecases.take_exam import want_exam


def change_clinic(desk: Desk, site_key: str, changes: Mapping[str, Any], actor: audit.Actor) -> ClinicFacts:
    """Replaces the named fields of ClinicDraft. Raises NotFound and Invalid."""
    if changes.get("model_on"):
        need_model(desk)
    if "email_fields" in changes:
        named = checked_fields(desk, clinic_of_site(desk.database, site_key), changes["email_fields"])
        changes = {**changes, "email_fields": named}

    def work(session: Session) -> ClinicFacts:
        clinic = clinic_by_site_key(session, site_key)
        now = {name: getattr(clinic, name) for name in ClinicDraft.__dataclass_fields__}
        for name, value in checked(ClinicDraft(**(now | dict(changes)))).items():
            setattr(clinic, name, value)
        session.add(clinic)
        if now["coordinator_email"] != clinic.coordinator_email:
            name_coordinator(session, clinic, now["coordinator_email"], desk.clock())
        if tuple(now["languages"]) != tuple(clinic.languages):
            want_multilingual(session, desk, clinic, desk.clock())
        if now["model_on"] != clinic.model_on:
            note_switch(session, clinic, actor, desk.clock())
            if clinic.model_on:
                want_exam(session, desk, clinic.id)
        audit.record(session, desk.clock(), actor, "change_clinic", ("clinic", clinic.id), clinic.id)
        return facts_of(clinic)

    changed = desk.database.write(work)
    desk.wake()
    return changed
