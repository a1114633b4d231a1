"""The people who work here, what they may do, what they sign in with, and where they are signed in."""

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
    password_generated: bool = False
    """The desk made the password and printed it: somebody else may have seen it."""
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
    """browser, api, or code: the password was right and the second factor is still to come."""
    second_factor: bool = False
    """It was begun with a code besides the password."""
    address: str = ""
    agent: str = ""
    """Browser and system in words, for the person's own list."""
    csrf_token: str
    created_at: datetime = moment()
    last_seen_at: datetime = moment()
    expires_at: datetime = moment()


class SecondFactor(SQLModel, table=True):
    """A person's authenticator app. The one that counts is confirmed; one that is being set up is not yet."""

    __tablename__ = "second_factor"

    id: str = identifier("factor")
    staff_id: str = Field(foreign_key="staff.id", index=True)
    sealed_secret: str
    """Encrypted under a key of its own: see `app.store.second_factors`."""
    last_step: int = 0
    """The newest 30-second step whose code was used; that one and older ones count no more."""
    begun_in: str = ""
    """The session that sets it up; only that one is shown the secret and may confirm it."""
    confirmed_at: datetime | None = moment(null=True)
    created_at: datetime = moment()


class RecoveryCode(SQLModel, table=True):
    """One of ten codes for a person without their phone. `code_hash` is a SHA-256; the code has 79 random bits."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    used_at: datetime | None = moment(null=True)
    created_at: datetime = moment()


class SignInAttempt(SQLModel, table=True):
    """One count under one key, for the limits. Keys are keyed hashes: no typed e-mail and no address is kept."""

    __tablename__ = "sign_in_attempt"

    attempt_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True, index=True)
    at: datetime = moment(index=True)


class KnownPlace(SQLModel, table=True):
    """A person got in from this network address lately; strangers elsewhere cannot lock them out of it."""

    __tablename__ = "known_place"

    key: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    at: datetime = moment()


class Invitation(SQLModel, table=True):
    """A link under which a new person makes their account their own, once. Nothing of the account opens before."""

    __tablename__ = "invitation"

    staff_id: str = Field(foreign_key="staff.id", primary_key=True)
    token_hash: str = Field(unique=True)
    """SHA-256 of the 256 random bits in the link."""
    created_at: datetime = moment()
    expires_at: datetime = moment()


class Passkey(SQLModel, table=True):
    """A key pair of a person's phone, computer or security key; the secret half never leaves that."""

    __tablename__ = "passkey"

    id: str = identifier("passkey")
    staff_id: str = Field(foreign_key="staff.id", index=True)
    credential_id: str = Field(unique=True)
    """Base64url, as the browser names it."""
    public_key: str
    """COSE, base64url."""
    sign_count: int = 0
    """The newest that it told; one that tells an older one later is a copy. Many never count and tell 0."""
    name: str
    created_at: datetime = moment()
    last_used_at: datetime | None = moment(null=True)


class SpentChallenge(SQLModel, table=True):
    """A challenge that was answered already, rightly or not; kept until it would be too old anyway."""

    __tablename__ = "spent_challenge"

    id: str = Field(primary_key=True)
    """SHA-256 of the signed challenge."""
    expires_at: datetime = moment(index=True)
