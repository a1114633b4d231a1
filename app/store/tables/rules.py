"""The rules of a clinic, version by version."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment


class RuleVersion(SQLModel, table=True):
    """What a clinic decided by from `created_at` on; never changed afterwards. `number` counts from 1; before that the
    shipped rules hold, which are number 0."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("clinic_id", "number"),)

    id: str = identifier("rules")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    number: int
    data: dict[str, Any] = json_column(dict)
    """Complete: what was shipped then is filled in."""
    actor_kind: str
    actor_id: str | None = None
    created_at: datetime = moment()
