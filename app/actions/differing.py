"""What is different between two versions of an action, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place. `old` or `new` is None where there was or is nothing."""

    path: str
    old: Any
    new: Any


def differences(old: Any, new: Any) -> list[Difference]:
    """Every place that differs, in the order of the file. Slots are compared by name, other lists by place."""
    return list(_compare(old, new, ""))


def _compare(old: Any, new: Any, path: str) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _compare(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}.{key}" if path else str(key))
    elif _by_name(old) and _by_name(new):
        yield from _slots(old, new, path)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _compare(one, other, f"{path}[{place}]")
    elif old is _ABSENT or new is _ABSENT or old != new or type(old) is not type(new):
        yield Difference(path, None if old is _ABSENT else old, None if new is _ABSENT else new)


def _slots(old: list[Any], new: list[Any], path: str) -> Iterator[Difference]:
    before, after = {one["name"]: one for one in old}, {one["name"]: one for one in new}
    for name in [*before, *(name for name in after if name not in before)]:
        yield from _compare(before.get(name, _ABSENT), after.get(name, _ABSENT), f"{path}[{name}]")
    kept, now = [name for name in before if name in after], [name for name in after if name in before]
    if kept != now:
        yield Difference(f"{path} (order)", kept, now)


def _by_name(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "name" in one for one in value)
