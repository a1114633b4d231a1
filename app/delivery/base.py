"""What is told, where it goes, and what a transport promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.delivery.summary import Summary
from app.store.tables import Channel

Ended = Literal["delivered", "written"]


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice says. `kind` is a key of `notices.SUBJECTS`; `summary` and `fields`
    (values in normal form) hold only what the destination may carry; `thread_id` is the first notice about the same
    lead to the same place, where this is a later one."""

    notice_id: str
    referral_id: str
    kind: str
    clinic: str
    site_key: str
    reference: str
    summary: Summary
    link: str
    created_at: datetime
    local_time: str
    thread_id: str | None = None
    outcome: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a notice goes. `secrets` are those that sign now, the newest first; neither they nor the address are ever
    printed."""

    destination_id: str
    channel: Channel
    address: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What an alert says: that notices do not get through. `kind` is dead, held or late; `channel` is the one that
    fails; `clinic` None: it concerns all of them; `place` is the destination that refuses, as people may see it."""

    alert_id: str
    kind: str
    channel: str
    clinic: str | None
    place: str | None
    error: str
    dead: int
    waiting: int
    link: str
    created_at: datetime


class Transport(Protocol):
    """Hands notices of one channel over."""

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Returns how it ended. Raises Transient, Permanent or Operator. The same facts make the same message, with
        the same id, however often it is sent."""
        ...

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`, for word that notices do not get through elsewhere."""
        ...
