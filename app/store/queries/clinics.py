"""Facts about a clinic, as plain values."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from app.store.access import clinic_by_site_key
from app.store.rows import run
from app.store.session import Database
from app.store.tables import Clinic

_ORIGINS = select_columns(col(Clinic.origins))
_BY_ID = select_columns(SQLModel.metadata.tables["clinic"]).where(col(Clinic.id) == bindparam("clinic_id"))


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """What the rest of the desk needs to know of a clinic."""

    id: str
    site_key: str
    name: str
    phone: str
    timezone: str
    coordinator_email: str
    origins: tuple[str, ...]
    languages: tuple[str, ...]
    service_zips: tuple[str, ...]
    email_fields: tuple[str, ...]
    knowledge_version: int
    actions_version: int = 0
    rules_version: int = 0
    model_on: bool = False


def facts_of(clinic: Clinic | Row[Any]) -> ClinicFacts:
    """The row as plain values."""
    return ClinicFacts(
        id=clinic.id,
        site_key=clinic.site_key,
        name=clinic.name,
        phone=clinic.phone,
        timezone=clinic.timezone,
        coordinator_email=clinic.coordinator_email,
        origins=tuple(clinic.origins),
        languages=tuple(clinic.languages),
        service_zips=tuple(clinic.service_zips),
        email_fields=tuple(clinic.email_fields),
        knowledge_version=clinic.knowledge_version,
        actions_version=clinic.actions_version,
        rules_version=clinic.rules_version,
        model_on=clinic.model_on,
    )


def clinic_of_site(database: Database, site_key: str) -> ClinicFacts:
    """The clinic of a public site key. Raises NotFound."""
    with database.read() as session:
        return facts_of(clinic_by_site_key(session, site_key))


def clinic_of_id(session: Session, clinic_id: str) -> ClinicFacts:
    """The clinic of an id that the caller already trusts (it stands in a row of that clinic)."""
    clinic = run(session, _BY_ID, clinic_id=clinic_id).first()
    if clinic is None:
        raise LookupError(f"clinic {clinic_id!r} is gone")
    return facts_of(clinic)


def all_clinics(database: Database) -> list[ClinicFacts]:
    """Every clinic of the install, by name."""
    with database.read() as session:
        return [facts_of(clinic) for clinic in session.exec(select(Clinic).order_by(Clinic.name))]


def known_websites(database: Database) -> frozenset[str]:
    """The websites of every clinic of the install, as they were entered."""
    return frozenset(origin for origins in database.look(_ORIGINS).scalars() for origin in origins)
