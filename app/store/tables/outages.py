"""What people were alerted to: notices that do not get through."""

from datetime import datetime
from typing import Literal

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment

OutageKind = Literal["dead", "held", "late"]
"""dead: given up, someone must look; held: waits until someone mends the set-up; late: tried in vain for long."""


class Outage(SQLModel, table=True):
    """One trouble of one way out, from its first notice until something gets through again. However many notices it
    holds up, each person is told once. It may concern several clinics: they share the mail server."""

    __tablename__ = "outage"

    id: str = identifier("outage")
    kind: OutageKind = Field(sa_type=String)
    route: str = Field(index=True)
    destination_id: str | None = None
    """Where only one destination refuses; None: the whole route."""
    error: str
    told: list[str] = json_column(list)
    """Who was alerted: `operator_email`, `operator_webhook`, ids of destinations, and clinics that have no other."""
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(null=True)
