"""The people who work here, what they may do, and where they are signed in."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.store.columns import identifier, moment


class Staff(SQLModel, table=True):
    """A person. An owner belongs to the install and may enter every clinic."""

    __tablename__ = "staff"

    id: str = identifier("staff")
    email: str = Field(unique=True)
    """Lower case."""
    password_hash: str
    is_owner: bool = False
    disabled_at: datetime | None = moment(null=True)
    created_at: datetime = moment()


class Membership(SQLModel, table=True):
    """A person's role in a clinic: manager, coordinator or viewer."""

    __tablename__ = "membership"

    staff_id: str = Field(foreign_key="staff.id", primary_key=True)
    clinic_id: str = Field(foreign_key="clinic.id", primary_key=True)
    role: str


class StaffSession(SQLModel, table=True):
    """A signed-in browser or API client. `id` is the SHA-256 of the secret that the client holds."""

    __tablename__ = "staff_session"

    id: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    kind: str
    """browser or api."""
    csrf_token: str
    created_at: datetime = moment()
    last_seen_at: datetime = moment()
    expires_at: datetime = moment()
