"""What the papers of a clinic say about payers, as rows that a manager publishes."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment


class PayerListRow(SQLModel, table=True):
    """An `ingestion.types.PayerRowDraft`, stored. `state`: proposed (nobody has looked yet), published (answers come
    from it on the days of its version), or withdrawn (its version was replaced; kept until the next rows are published,
    so that the manager can see the difference). `read_as` keeps what the paper was read as where staff changed it: a
    new version that says the same again is then no change. `missed_by` is the coming version that no longer has the
    row, once a manager has seen that."""

    __tablename__ = "payer_row"

    id: str = identifier("payer")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    document_id: str = Field(foreign_key="document.id", index=True)
    version_id: str = Field(foreign_key="document_version.id", index=True)
    state: str = "proposed"
    number: int
    payer: str
    plan: str | None = None
    all_plans: bool = False
    except_plans: list[str] = json_column(list)
    general: bool = False
    location: str | None = None
    status: str
    referral: str | None = None
    prior_authorization: str | None = None
    visit_limit: str | None = None
    note: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    quote: str
    lead: str = ""
    heading: list[str] = json_column(list)
    page: int | None = None
    read_as: dict[str, Any] = json_column(dict)
    missed_by: str | None = None
    created_at: datetime = moment()
    published_at: datetime | None = moment(null=True)
