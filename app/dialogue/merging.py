"""What a change leaves of the value it changes: "I meant Thursday" keeps the hours, "also my hip" keeps the knee."""

from typing import Any, Literal

from app.dialogue.slots.dates import DAYS
from app.dialogue.slots.fold import fold
from app.dialogue.slots.windows import renewed
from app.dialogue.state import SlotStatus, SlotValue

How = Literal["instead", "also", "except"]
_LISTED = "; "
_TEXTS = ("reason", "text")
_WORKDAYS = DAYS[:5]


def changed(kind: str, known: SlotValue, given: SlotValue, how: How) -> SlotValue:
    """The value of a slot of type `kind` after `given` changed `known`; both are filled."""
    if kind == "preferred_times":
        return _times(known, given, how)
    if kind in _TEXTS and how == "also" and fold(str(given.value)) not in fold(str(known.value)):
        return SlotValue(SlotStatus.FILLED, f"{known.value}{_LISTED}{given.value}", _both(known, given))
    return given


def _times(known: SlotValue, given: SlotValue, how: How) -> SlotValue:
    """New days keep the old hours and new hours the old days, unless there were several of them to choose from."""
    old, new = list(known.value), list(given.value)
    if how == "except":
        return _said(_without(old, {day for window in new for day in window["days"]}), _both(known, given))
    completed = renewed(old, new)
    return _said([*old, *completed], _both(known, given)) if how == "also" else _said(completed, given.said)


def _without(old: list[dict[str, Any]], gone: set[str]) -> list[dict[str, Any]]:
    """The old windows without these days. A wish for any day, and one of which nothing is left, becomes one for the
    other working days."""
    others = [day for day in _WORKDAYS if day not in gone]
    if not gone & set(DAYS):  # a single date: only windows that name it change
        others = []
    left = [{**one, "days": [day for day in one["days"] if day not in gone] if one["days"] else others} for one in old]
    kept = [after for before, after in zip(old, left, strict=True) if after["days"] or not before["days"]]
    return kept or [{**old[0], "days": others}]


def _said(windows: list[dict[str, Any]], said: str) -> SlotValue:
    return SlotValue(SlotStatus.FILLED, [{**window, "said": said} for window in windows], said)


def _both(known: SlotValue, given: SlotValue) -> str:
    return f"{known.said}{_LISTED}{given.said}"
