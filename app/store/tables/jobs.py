"""Background work that survives a crash."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment


class Job(SQLModel, table=True):
    """One piece of work. `state`: pending, held (an operator must act), done or dead. A pending job whose
    `lease_until` lies ahead is being worked on by `lease_holder`."""

    __tablename__ = "job"

    id: str = identifier("job")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    kind: str
    payload: dict[str, Any] = json_column(dict)
    state: str = Field(default="pending", index=True)
    due_at: datetime = moment(index=True)
    attempts: int = 0
    lease_holder: str | None = None
    lease_until: datetime | None = moment(null=True)
    last_error: str | None = None
    created_at: datetime = moment()
    finished_at: datetime | None = moment(null=True)
