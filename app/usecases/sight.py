"""What of patients' data a person sees. `seen` is the one function between what is stored and what staff read: lists,
one lead, its summary and questions are all made from what it leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any, TypeVar

from app.delivery.summary import say
from app.dialogue.action import Action, Catalogue
from app.store.queries.leads import HIDDEN, LeadDetail, LeadLine, SlotView, slot_of
from app.store.queries.models import EgressEntry
from app.store.queries.unanswered import Unanswered
from app.usecases.closed_values import closed_value
from app.usecases.group_unanswered import QuestionGroup

KindOf = Callable[[str], str]
"""Name of a field to its type, "" where nobody knows it."""
Stored = TypeVar("Stored")


@dataclass(frozen=True, slots=True)
class Sight:
    """`kinds` are the types of fields (keys of `dialogue.slots.PARSERS`) whose values may be read, None for all of
    them; `words`, whether what the patient typed may be read, and what repeats it: without, of the fields too only
    what the desk put into words of its own (closed_values.py), whichever field somebody typed it into."""

    kinds: frozenset[str] | None
    words: bool

    def shows(self, kind: str) -> bool:
        """Whether the value of a field of this type may be read. A type that nobody knows may not."""
        return self.kinds is None or kind in self.kinds


EVERYTHING = Sight(None, True)
NOTHING = Sight(frozenset(), False)


def seen(record: Stored, sight: Sight, kind_of: KindOf) -> Stored:
    """The record without what `sight` does not show. Raises TypeError for a kind of record that has no rule here:
    nothing is shown by accident."""
    if sight == EVERYTHING:
        return record
    shown: Stored = _seen(record, sight, kind_of)
    return shown


def kinds_of(catalogue: Catalogue, action: str) -> KindOf:
    """The types of a lead's fields, by its own action first."""

    def kind(name: str) -> str:
        spec = catalogue.spec(name, action)
        return spec.type if spec else ""

    return kind


def kinds_in(action: Action | None) -> KindOf:
    """The types of an action's fields."""

    def kind(name: str) -> str:
        spec = action.slot(name) if action else None
        return spec.type if spec else ""

    return kind


@singledispatch
def _seen(record: Any, _sight: Sight, _kind_of: KindOf) -> Any:
    raise TypeError(f"nothing says who may see a {type(record).__name__}")


@_seen.register
def _(record: LeadLine, sight: Sight, kind_of: KindOf) -> LeadLine:
    name = record.name if sight.words and sight.shows(kind_of("patient_name")) else None
    reason = record.reason if sight.words and sight.shows(kind_of("reason")) else None
    gone = {"name": record.name and not name, "reason": record.reason and not reason}
    return replace(record, name=name, reason=reason, hidden=tuple(part for part, hidden in gone.items() if hidden))


@_seen.register
def _(record: LeadDetail, sight: Sight, kind_of: KindOf) -> LeadDetail:
    listed = frozenset({str(record.payer["payer"])}) if record.payer and record.payer.get("payer") else frozenset()
    slots = tuple(_slot(slot, sight, kind_of(slot.name), listed) for slot in record.slots)
    changes = tuple(_change(change, sight, kind_of, listed) for change in record.changes)
    payer = record.payer if sight.shows("carrier") else None
    shown = replace(record, slots=slots, changes=changes, payer=payer)
    return shown if sight.words else _wordless(shown)


@_seen.register
def _(record: Unanswered, sight: Sight, _kind_of: KindOf) -> Unanswered:
    return record if sight.words else replace(record, question=say("hidden"))


@_seen.register
def _(record: QuestionGroup, sight: Sight, _kind_of: KindOf) -> QuestionGroup:
    return record if sight.words else replace(record, question=say("hidden"), wordings=())


@_seen.register
def _(record: EgressEntry, sight: Sight, _kind_of: KindOf) -> EgressEntry:
    return record if sight.words else replace(record, body=None)


def _slot(slot: SlotView, sight: Sight, kind: str, listed: frozenset[str]) -> SlotView:
    """What is hidden still says that the field was told of, not whether it was declined."""
    if not sight.shows(kind):
        return SlotView(slot.name, HIDDEN, None, "")
    if sight.words or slot.status != "filled":
        return slot if sight.words else replace(slot, value=None, said="")
    value = closed_value(kind, slot.value, listed)
    return SlotView(slot.name, HIDDEN, None, "") if value is None else replace(slot, value=value, said="")


def _change(change: Mapping[str, Any], sight: Sight, kind_of: KindOf, listed: frozenset[str]) -> Mapping[str, Any]:
    """Both sides of a change, each like a field; words that no field was made of have no type."""
    kind = kind_of(change["name"]) if change["name"] else ""
    return {**change, **{side: _side(change[side], sight, kind, listed) for side in ("before", "after")}}


def _side(slot: Mapping[str, Any] | None, sight: Sight, kind: str, listed: frozenset[str]) -> Mapping[str, Any] | None:
    if slot is None:
        return None
    left = _slot(slot_of("", slot), sight, kind, listed)
    return {"status": left.status, "value": left.value, "said": left.said}


def _wordless(record: LeadDetail) -> LeadDetail:
    """Without the conversation and without what may repeat it: a rule's sentence can quote a field."""
    decision = record.decision and replace(
        record.decision,
        reasons=tuple(replace(reason, staff_text=say("hidden")) for reason in record.decision.reasons),
        patient_text={},
    )
    return replace(
        record,
        decision=decision,
        payer=record.payer and {**record.payer, "asked": ""},
        transcript=(),
        words_hidden=True,
        open_questions=(say("hidden"),) if record.open_questions else (),
    )
