"""What clinics made of the shipped actions, and their own ones, version by version."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, moment


class ActionVersion(SQLModel, table=True):
    """One version of one action of one clinic; never changed. The highest `number` of a name is in force. Shipped
    actions have no row until a clinic changes them: version 1 is the shipped one, a clinic's first is 2. `body` is the
    action as it was written (docs/actions.md); none means: as shipped, whatever the release ships."""

    __tablename__ = "action_version"
    __table_args__ = (UniqueConstraint("clinic_id", "name", "number"),)

    id: str = identifier("action")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    name: str
    number: int
    enabled: bool = True
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    made_by_kind: str
    made_by: str | None = None
    created_at: datetime = moment()
