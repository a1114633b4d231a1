"""Who is signed in, and what they may enter."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.store.second_factors import confirmed, has_passkey, unused_recovery_codes
from app.store.session import Database
from app.store.tables import Clinic, Membership, Staff, StaffSession


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in member of the staff. `session_id` is the stored key of the session, never its secret.
    `second_factor` says that this session was begun with a code."""

    staff_id: str
    email: str
    is_owner: bool
    session_id: str
    csrf_token: str = field(repr=False)
    signed_in_at: datetime
    last_seen_at: datetime
    second_factor: bool
    has_second_factor: bool
    needs_second_factor: bool
    password_generated: bool
    has_passkey: bool

    @property
    def must_set_up(self) -> bool:
        """The role asks for a second factor that the person does not have yet."""
        return self.needs_second_factor and not self.has_second_factor

    @property
    def is_settled(self) -> bool:
        """Nothing is left to show or to set up: the person may enter their clinics."""
        return self.second_factor or not (self.has_second_factor or self.needs_second_factor)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's own sessions, for their list. `kind` is browser or api."""

    id: str
    kind: str
    agent: str
    address: str
    created_at: datetime
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
        return Person(
            staff_id=staff.id,
            email=staff.email,
            is_owner=staff.is_owner,
            session_id=row.id,
            csrf_token=row.csrf_token,
            signed_in_at=row.created_at,
            last_seen_at=row.last_seen_at,
            second_factor=row.second_factor,
            has_second_factor=confirmed(session, staff.id) is not None,
            needs_second_factor=needs_second_factor(session, staff),
            password_generated=staff.password_generated,
            has_passkey=has_passkey(session, staff.id),
        )


def needs_second_factor(session: Session, staff: Staff) -> bool:
    """Owners, and managers of any clinic: what they can do to a clinic is worth more than one secret."""
    manages = select(Membership.clinic_id).where(Membership.staff_id == staff.id, Membership.role == "manager")
    return staff.is_owner or session.exec(manages).first() is not None


def has_owner(database: Database) -> bool:
    """Whether anybody may enter every clinic."""
    owners = select(Staff.id).where(col(Staff.is_owner), col(Staff.disabled_at).is_(None))
    with database.read() as session:
        return session.exec(owners).first() is not None


def sessions_of(database: Database, person: Person, now: datetime, idle: timedelta) -> list[OpenSession]:
    """Where the person is signed in now, the newest use first; half-way sign-ins are none."""
    query = (
        select(StaffSession)
        .where(StaffSession.staff_id == person.staff_id, StaffSession.kind != "code")
        .where(col(StaffSession.expires_at) > now, col(StaffSession.last_seen_at) > now - idle)
        .order_by(col(StaffSession.last_seen_at).desc())
    )
    with database.read() as session:
        return [
            OpenSession(r.id, r.kind, r.agent, r.address, r.created_at, r.last_seen_at) for r in session.exec(query)
        ]


def recovery_codes_left(database: Database, person: Person) -> int:
    """How many of the person's recovery codes still work."""
    with database.read() as session:
        return unused_recovery_codes(session, person.staff_id)


def words_of(session: Session, staff: Staff) -> list[str]:
    """What others know about the person and would put into a password: the e-mail, the names of their clinics."""
    mine = select(Clinic.name).join(Membership, col(Membership.clinic_id) == Clinic.id)
    return [staff.email, *session.exec(mine.where(Membership.staff_id == staff.id))]


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
