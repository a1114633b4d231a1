"""create_staff: a person may work here from now on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from sqlmodel import Session, select

from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.audit import COMMAND, Actor, record
from app.store.invitations import is_invited
from app.store.queries.people import needs_second_factor
from app.store.tables import Clinic, Membership, Staff
from app.usecases import passwords
from app.usecases.give_second_factor import give_second_factor
from app.usecases.invite import Invited, invite
from app.usecases.password_rules import check_new_password
from app.usecases.sessions import end_all

Role = Literal["manager", "coordinator", "viewer", "owner"]


@dataclass(frozen=True, slots=True)
class Created:
    """`password` is shown once and stored nowhere; None when the person existed and keeps the one they have.
    `totp_secret` likewise; also None where the role needs no second factor. Who was `invited` has neither yet."""

    staff_id: str
    email: str
    password: str | None = field(repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    invited: Invited | None = None


@dataclass(frozen=True, slots=True)
class _New:
    email: str
    password_hash: str = field(repr=False)
    password_generated: bool
    role: Role
    clinic_id: str | None
    at: datetime
    by_link: bool


@dataclass(frozen=True, slots=True)
class _Added:
    staff_id: str
    is_new: bool
    totp_secret: str | None = field(repr=False)
    invited: Invited | None


def create_staff(
    desk: Desk,
    email: str,
    role: Role,
    clinic_id: str | None,
    password: str | None = None,
    actor: Actor = COMMAND,
    *,
    by_link: bool = False,
) -> Created:
    """Gives a person a role in a clinic (an owner: in the install, `clinic_id` None). Without `password` one is
    generated. Managers and owners get a second factor with it. `by_link` gives a new person neither, but a link under
    which they make both. A person who exists gets the role added or changed and is signed out; if the new role needs a
    second factor, they set one up when they sign in again. Raises Invalid, NotFound for the clinic."""
    email = _checked_email(email)
    _check_role(role, clinic_id)
    if password is not None:
        check_new_password(password, [email, *_clinic_name(desk, clinic_id)])
    made = password or passwords.generate()
    new = _New(email, passwords.hash_password(made), password is None, role, clinic_id, desk.clock(), by_link)
    added = desk.database.write(lambda s: _add(desk, s, new, actor))
    shown = made if added.is_new and not by_link else None
    return Created(added.staff_id, email, shown, added.totp_secret, added.invited)


def _add(desk: Desk, session: Session, new: _New, actor: Actor) -> _Added:
    if new.clinic_id is not None and session.get(Clinic, new.clinic_id) is None:
        raise NotFound(f"There is no clinic {new.clinic_id!r}.")
    known = session.exec(select(Staff).where(Staff.email == new.email)).first()
    if known is not None and known.disabled_at is not None:
        raise Invalid(f"{new.email!r} was disabled and cannot be used again.", "Use another e-mail address.")
    staff = known or _staff(new)
    staff.is_owner = staff.is_owner or new.role == "owner"
    session.add(staff)
    session.flush()
    if new.clinic_id is not None:
        session.merge(Membership(staff_id=staff.id, clinic_id=new.clinic_id, role=new.role))
    record(session, new.at, actor, f"made_{new.role}", ("staff", staff.id), new.clinic_id)
    end_all(session, staff.id)  # other rights, another session
    session.flush()
    if new.by_link and (known is None or is_invited(session, staff.id)):
        return _Added(staff.id, known is None, None, invite(desk, session, staff, new.at, actor))
    gives = known is None and needs_second_factor(session, staff)
    secret = give_second_factor(desk, session, staff.id, new.at) if gives else None
    return _Added(staff.id, known is None, secret, None)


def _staff(new: _New) -> Staff:
    return Staff(
        email=new.email,
        password_hash=new.password_hash,
        password_generated=new.password_generated,
        created_at=new.at,
    )


def _clinic_name(desk: Desk, clinic_id: str | None) -> list[str]:
    with desk.database.read() as session:
        clinic = session.get(Clinic, clinic_id) if clinic_id else None
        return [clinic.name] if clinic else []


def _checked_email(email: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    email = email.strip().lower()
    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as problem:
        raise Invalid(f"{email!r} is not an e-mail address: {problem}") from None


def _check_role(role: str, clinic_id: str | None) -> None:
    if role not in get_args(Role):
        raise Invalid(f"{role!r} is not a role.", f"Use one of {', '.join(get_args(Role))}.")
    if (role == "owner") != (clinic_id is None):
        raise Invalid(f"The role {role!r} {'takes no' if clinic_id else 'needs a'} clinic.")
