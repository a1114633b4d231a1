"""Where a conversation stands. Stored as one JSON column; `schema` says how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

SCHEMA = 3
"""2 added `topics`, 3 `caller` and `former`."""
READABLE = (1, 2, SCHEMA)
MOST_TOPICS = 4


class SlotStatus(StrEnum):
    """A slot that has any status is settled: it is not asked again."""

    FILLED = "filled"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class Caller(StrEnum):
    """Who is asking. A caregiver asks for somebody else, an office sends a patient of theirs; the last three want
    nothing that a patient wants."""

    PATIENT = "patient"
    EXISTING_PATIENT = "existing_patient"
    CAREGIVER = "caregiver"
    PROVIDER_OFFICE = "provider_office"
    VENDOR = "vendor"
    JOB_SEEKER = "job_seeker"
    WRONG_NUMBER = "wrong_number"


class ActionStatus(StrEnum):
    """The values are part of the HTTP contract."""

    COLLECTING = "collecting"
    CONFIRMING = "confirming"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SlotValue:
    """`value` is the normal form (JSON-able: text, or a list of time windows), None unless filled; `said` the
    patient's words."""

    status: SlotStatus
    value: Any = None
    said: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"status": self.status, "value": self.value, "said": self.said}


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that was asked, able to stand alone, and where its answer stood: ids of documents and of their pieces;
    none when it was deferred."""

    question: str
    documents: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"question": self.question, "documents": self.documents, "pieces": self.pieces}


@dataclass(frozen=True, slots=True)
class State:
    """One conversation. `slots` are kept across actions: what was volunteered is never asked again. `asking` is the
    slot the last reply asked for; `tried` counts failed answers per slot. `offered` is the action that the last reply
    offered, `offered_about` what it would be about. `choosing` is the question that the last reply asked back about,
    `topics` are the last questions, the latest last. `unread` are words whose turn failed: the next one reads them.
    `raised` is the last red flag ("urgent", "911", "988"); it stays, whatever comes after. `former` holds the last
    value of each slot that was changed or taken back, for "the same as before"."""

    schema: int = SCHEMA
    language: str = "en"
    action: str | None = None
    action_version: str | None = None
    status: ActionStatus | None = None
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    asking: str | None = None
    tried: Mapping[str, int] = field(default_factory=dict)
    emergency: bool = False
    handoff: bool = False
    offered: str | None = None
    offered_about: str = ""
    choosing: str = ""
    topics: tuple[Topic, ...] = ()
    caller: Caller = Caller.PATIENT
    raised: str = ""
    unread: tuple[str, ...] = ()
    told: bool = False
    former: Mapping[str, SlotValue] = field(default_factory=dict)

    def with_(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def after(self, topic: Topic) -> Self:
        """The state after one more question was dealt with; only the last few are remembered."""
        return self.with_(topics=(*self.topics, topic)[-MOST_TOPICS:])

    def filled(self) -> dict[str, Any]:
        """Normal-form values of the filled slots."""
        return {name: slot.value for name, slot in self.slots.items() if slot.status is SlotStatus.FILLED}

    def to_json(self) -> dict[str, Any]:
        """What the database stores. Not `asdict`, which copies every value to its depth, each turn."""
        stored = {name: getattr(self, name) for name in self.__slots__}
        stored["slots"] = {name: value.to_json() for name, value in self.slots.items()}
        stored["former"] = {name: value.to_json() for name, value in self.former.items()}
        stored["topics"] = [topic.to_json() for topic in self.topics]
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        """Reads what `to_json` wrote. Raises ValueError for a schema this code does not know."""
        if not stored:
            return cls()
        if stored["schema"] not in READABLE:
            raise ValueError(f"conversation state has schema {stored['schema']!r}, this code reads up to {SCHEMA}")
        slots, former = _values(stored["slots"]), _values(stored.get("former", {}))
        status = ActionStatus(stored["status"]) if stored["status"] else None
        topics = tuple(
            Topic(topic["question"], tuple(topic["documents"]), tuple(topic["pieces"]))
            for topic in stored.get("topics", ())
        )
        caller = Caller(stored.get("caller", Caller.PATIENT))
        unread = tuple(stored.get("unread", ()))
        read = {
            "schema": SCHEMA,
            "slots": slots,
            "status": status,
            "topics": topics,
            "caller": caller,
            "unread": unread,
            "former": former,
        }
        return cls(**{**stored, **read})


def _values(stored: Mapping[str, Any]) -> dict[str, SlotValue]:
    return {name: SlotValue(SlotStatus(s["status"]), s["value"], s["said"]) for name, s in stored.items()}


def language_in(stored: Mapping[str, Any] | None) -> str:
    """The language of a stored state, English when it cannot be read. Never raises: the way out of a conversation must
    not depend on its state."""
    language = (stored or {}).get("language")
    return language if isinstance(language, str) else "en"
