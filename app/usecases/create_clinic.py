"""create_clinic: a new tenant with its public site key."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store import audit
from app.store.queries.clinics import ClinicFacts, facts_of
from app.store.tables import Clinic
from app.usecases.allowed_fields import checked_fields
from app.usecases.destination_address import checked_email
from app.usecases.name_coordinator import name_coordinator
from app.usecases.switch_model import need_model, note_switch
from app.usecases.website_origin import canonical

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class ClinicDraft:
    """What a clinic is made of; checked by `checked`."""

    name: str
    phone: str
    timezone: str
    coordinator_email: str
    origins: Sequence[str] = ()
    service_zips: Sequence[str] = ()
    languages: Sequence[str] = ("en",)
    email_fields: Sequence[str] = ("*",)
    model_on: bool = False


def create_clinic(desk: Desk, draft: ClinicDraft, actor: audit.Actor) -> ClinicFacts:
    """The new clinic. Raises Invalid for a value that cannot be right."""
    if draft.model_on:
        need_model(desk)
    fields = checked(draft)
    fields["email_fields"] = checked_fields(desk, None, draft.email_fields)

    def work(session: Session) -> ClinicFacts:
        clinic = Clinic(site_key=secrets.token_urlsafe(12), created_at=desk.clock(), **fields)
        session.add(clinic)
        session.flush()
        name_coordinator(session, clinic, None, clinic.created_at)
        audit.record(session, desk.clock(), actor, "create_clinic", ("clinic", clinic.id), clinic.id)
        if clinic.model_on:
            note_switch(session, clinic, actor, desk.clock())
        return facts_of(clinic)

    return desk.database.write(work)


def checked(draft: ClinicDraft) -> dict[str, Any]:
    """The draft's values as columns. Raises Invalid that names the value and the remedy."""
    if not draft.name.strip():
        raise Invalid("The clinic needs a name.")
    if len(re.sub(r"\D", "", draft.phone)) < 7:
        raise Invalid(f"{draft.phone!r} is not a phone number.", "Write it as patients should dial it: 212-555-0100.")
    if unknown := [code for code in draft.languages if code not in LANGUAGES]:
        raise Invalid(f"The language {unknown[0]!r} is not available.", f"Use {' or '.join(LANGUAGES)}.")
    for zip_code in draft.service_zips:
        if not re.fullmatch(r"\d{5}", zip_code):
            raise Invalid(f"{zip_code!r} is not a ZIP code.", "Write five digits.")
    return {
        "name": draft.name.strip(),
        "phone": draft.phone.strip(),
        "timezone": _timezone(draft.timezone),
        "coordinator_email": checked_email(draft.coordinator_email),
        "origins": [_origin(origin) for origin in draft.origins],
        "service_zips": list(draft.service_zips),
        "languages": list(draft.languages) or ["en"],
        "email_fields": list(draft.email_fields),
        "model_on": draft.model_on,
    }


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(f"{name!r} is not a time zone.", "Use a name such as America/New_York.") from None
    return name


def _origin(text: str) -> str:
    """As browsers write it, or what they send would not match."""
    found = canonical(text.strip().rstrip("/"))
    if found is None:
        raise Invalid(f"{text!r} is not a website's origin.", "Write scheme and host only: https://www.clinic.example.")
    return found
