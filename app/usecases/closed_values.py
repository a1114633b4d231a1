"""What stands in a field in the desk's own words: a value of a closed set, out of which nobody reads what was typed.
A field takes whatever people type into it, so its type alone says nothing about its value."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.dialogue.slots.insurance import NO_INSURANCE, common_payers
from app.dialogue.slots.provider import is_known_specialty

_DAY = re.compile(r"mon|tue|wed|thu|fri|sat|sun|\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"(?:\d{4}-\d{2}-\d{2})?T?(?:\d{2}:\d{2}(?::\d{2})?)?")


def closed_value(kind: str, value: Any, listed: frozenset[str]) -> Any:
    """The value of a field of type `kind` as far as it is of a closed set; None where nothing of it is. `listed` are
    the payers' names of the clinic's own papers."""
    reader = _READERS.get(kind)
    return reader(value, listed) if reader else None


def _specialty(value: Any, _listed: frozenset[str]) -> Any:
    return value if isinstance(value, str) and is_known_specialty(value) else None


def _carrier(value: Any, listed: frozenset[str]) -> Any:
    """A payer that the desk knows by its own name."""
    known = isinstance(value, str) and (value == NO_INSURANCE or value in listed or value in common_payers().values())
    return value if known else None


def _times(value: Any, _listed: frozenset[str]) -> Any:
    """Days and hours, without the words that they were understood from."""
    windows = [_window(one) for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
    return [one for one in windows if one["from"] or one["to"] or one["days"]] or None


def _window(one: Mapping[str, Any]) -> dict[str, Any]:
    ends = {end: one.get(end) if _MOMENT.fullmatch(str(one.get(end) or "-")) else None for end in ("from", "to")}
    days = [day for day in one.get("days") or [] if _DAY.fullmatch(str(day))]
    return {"said": "", **ends, "days": days}


_READERS: Mapping[str, Callable[[Any, frozenset[str]], Any]] = {
    "specialty": _specialty,
    "carrier": _carrier,
    "preferred_times": _times,
}
CLOSED = frozenset(_READERS)
"""Types that have values of a closed set."""
