"""Who is signed in, and what they may enter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from app.store.session import Database
from app.store.tables import Clinic, Membership, Staff, StaffSession


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in member of the staff. `session_id` is the stored key of the session, never its secret."""

    staff_id: str
    email: str
    is_owner: bool
    session_id: str
    csrf_token: str
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class ClinicEntry:
    """A clinic that a person may enter, and as what: owner, manager, coordinator or viewer."""

    clinic_id: str
    site_key: str
    name: str
    timezone: str
    role: str


def person_of(database: Database, session_id: str, kind: str, now: datetime, idle: timedelta) -> Person | None:
    """The person of a stored session, None when it is over (by age or idleness), of another kind, or theirs no
    more."""
    query = (
        select(Staff, StaffSession)
        .join(StaffSession, col(StaffSession.staff_id) == Staff.id)
        .where(StaffSession.id == session_id, StaffSession.kind == kind, col(Staff.disabled_at).is_(None))
        .where(col(StaffSession.expires_at) > now, col(StaffSession.last_seen_at) > now - idle)
    )
    with database.read() as session:
        found = session.exec(query).first()
        if found is None:
            return None
        staff, row = found
        return Person(staff.id, staff.email, staff.is_owner, row.id, row.csrf_token, row.last_seen_at)


def clinics_of(database: Database, person: Person) -> list[ClinicEntry]:
    """Every clinic that the person may enter, by name; an owner may enter all."""
    with database.read() as session:
        roles = {
            m.clinic_id: m.role for m in session.exec(select(Membership).where(Membership.staff_id == person.staff_id))
        }
        found = session.exec(select(Clinic).order_by(Clinic.name))
        entries = [(clinic, "owner" if person.is_owner else roles.get(clinic.id)) for clinic in found]
    return [ClinicEntry(c.id, c.site_key, c.name, c.timezone, role) for c, role in entries if role is not None]


def clinic_entry(database: Database, person: Person, site_key: str) -> ClinicEntry | None:
    """The clinic of a site key as this person may enter it; None when there is none or it is not theirs."""
    with database.read() as session:
        clinic = session.exec(select(Clinic).where(Clinic.site_key == site_key)).first()
        if clinic is None:
            return None
        member = session.get(Membership, (person.staff_id, clinic.id))
        role = "owner" if person.is_owner else member.role if member else None
        return ClinicEntry(clinic.id, clinic.site_key, clinic.name, clinic.timezone, role) if role else None
