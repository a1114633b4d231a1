"""Where a clinic's notices go."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import JSON, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment

Channel = Literal["email", "slack", "webhook"]
SHOWN_END = 4


class Destination(SQLModel, table=True):
    """One place that hears of a clinic's leads. The row outlives its use (`active` false): notices name it."""

    __tablename__ = "destination"
    __table_args__ = (UniqueConstraint("clinic_id", "channel", "address"),)

    id: str = identifier("dest")
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    channel: Channel = Field(sa_type=String)
    address: str
    """An e-mail address, or an https URL. Who knows a URL may write there: outside this table only `shown` is seen."""
    fields: list[str] | None = Field(default=None, sa_type=JSON)
    """Slots that it may carry, `*` for all; empty means a link only. None: as the clinic's row says for e-mail."""
    secrets: list[dict[str, Any]] = json_column(list)
    """What signs a webhook, the newest first: {secret, until}, where `until` is null for the one in force."""
    hears_all: bool = True
    """Whether it hears of every request that is the clinic's own; else only of actions that name its address."""
    active: bool = True
    created_at: datetime = moment()

    @property
    def route(self) -> str:
        """What breaker, probing and the limit in flight group by: all mail takes the install's one mail server."""
        return "email" if self.channel == "email" else f"{self.channel}:{self.id}"

    @property
    def shown(self) -> str:
        """The address as people may see it: of a URL its host and its last letters."""
        return shown(self.channel, self.address)


def shown(channel: str, address: str) -> str:
    """An e-mail address as it is; of a URL, which may hold a secret, host and last letters."""
    if channel == "email":
        return address
    parts = urlsplit(address)
    rest = f"{parts.path}{'?' if parts.query else ''}{parts.query}".strip("/")
    end = rest[-SHOWN_END:] if len(rest) > 3 * SHOWN_END else ""
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}/{'…' if rest else ''}{end}"
