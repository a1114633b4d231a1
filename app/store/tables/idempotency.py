"""Results of creating requests, so that the same request again creates nothing."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from app.store.columns import json_column, moment


class Idempotency(SQLModel, table=True):
    """The stored result of one creating request, written in the transaction that created."""

    __tablename__ = "idempotency"

    clinic_id: str = Field(foreign_key="clinic.id", primary_key=True)
    scope: str = Field(primary_key=True)
    """What is created and under what: `conversation`, `contact:<conversation id>`, `form`."""
    client_id: str = Field(primary_key=True)
    body_sha256: str
    result: dict[str, Any] = json_column(dict)
    created_at: datetime = moment(index=True)
