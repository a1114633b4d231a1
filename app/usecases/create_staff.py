"""create_staff: a person may work here from now on. The first start makes the first owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.audit import COMMAND, DESK, Actor, record
from app.store.tables import Clinic, Membership, Staff
from app.usecases import passwords

Role = Literal["manager", "coordinator", "viewer", "owner"]
FIRST_OWNER = "owner@localhost"


@dataclass(frozen=True, slots=True)
class Created:
    """`password` is shown once and stored nowhere; None when the person existed and keeps the one they have."""

    staff_id: str
    email: str
    password: str | None


@dataclass(frozen=True, slots=True)
class _New:
    email: str
    password_hash: str
    role: Role
    clinic_id: str | None
    at: datetime


def create_staff(
    desk: Desk,
    email: str,
    role: Role,
    clinic_id: str | None,
    password: str | None = None,
    actor: Actor = COMMAND,
) -> Created:
    """Gives a person a role in a clinic (an owner: in the install, `clinic_id` None). A person who exists gets the
    role added or changed. Without `password` one is generated. Raises Invalid, NotFound for the clinic."""
    email = _checked_email(email)
    _check_role(role, clinic_id)
    if password is not None:
        passwords.check_strength(password, email)
    password = password or passwords.generate()
    new = _New(email, passwords.hash_password(password), role, clinic_id, desk.clock())
    staff_id, made = desk.database.write(lambda s: _add(s, new, actor))
    return Created(staff_id, email, password if made else None)


def first_owner(desk: Desk) -> Created | None:
    """On an install where nobody works yet: makes its owner and returns the generated password, this once."""
    with desk.database.read() as session:
        if session.exec(select(Staff.id)).first() is not None:
            return None
    password = passwords.generate()
    new = _New(FIRST_OWNER, passwords.hash_password(password), "owner", None, desk.clock())

    def work(session: Session) -> str | None:
        if session.exec(select(Staff.id)).first() is not None:
            return None
        return _add(session, new, DESK)[0]

    staff_id = desk.database.write(work)
    return Created(staff_id, FIRST_OWNER, password) if staff_id else None


def _add(session: Session, new: _New, actor: Actor) -> tuple[str, bool]:
    """The person's id, and whether they are new."""
    if new.clinic_id is not None and session.get(Clinic, new.clinic_id) is None:
        raise NotFound(f"There is no clinic {new.clinic_id!r}.")
    known = session.exec(select(Staff).where(Staff.email == new.email)).first()
    if known is not None and known.disabled_at is not None:
        raise Invalid(f"{new.email!r} was disabled and cannot be used again.", "Use another e-mail address.")
    staff = known or Staff(email=new.email, password_hash=new.password_hash, created_at=new.at)
    staff.is_owner = staff.is_owner or new.role == "owner"
    session.add(staff)
    session.flush()
    if new.clinic_id is not None:
        session.merge(Membership(staff_id=staff.id, clinic_id=new.clinic_id, role=new.role))
    record(session, new.at, actor, f"made_{new.role}", ("staff", staff.id), new.clinic_id)
    return staff.id, known is None


def _checked_email(email: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    email = email.strip().lower()
    try:
        return email if email == FIRST_OWNER else validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as problem:
        raise Invalid(f"{email!r} is not an e-mail address: {problem}") from None


def _check_role(role: str, clinic_id: str | None) -> None:
    if role not in get_args(Role):
        raise Invalid(f"{role!r} is not a role.", f"Use one of {', '.join(get_args(Role))}.")
    if (role == "owner") != (clinic_id is None):
        raise Invalid(f"The role {role!r} {'takes no' if clinic_id else 'needs a'} clinic.")
