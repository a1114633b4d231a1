"""Days of the week as texts name them: "Mon - Thu", "weekends", "daily". Apart because a range names days that no word
search would find."""

import re
from itertools import pairwise
from typing import Literal

from app.answering.terms import fold

Days = frozenset[int]

_NAMES = (
    r"m(?:o(?:n(?:days?)?)?)|lun(?:es)?",
    r"tu(?:e(?:s(?:days?)?)?)?|mar(?:tes)?",
    r"we(?:d(?:nesdays?)?)?|mie(?:rcoles)?",
    r"th(?:u(?:rs?(?:days?)?)?)?|jue(?:ves)?",
    r"fr(?:i(?:days?)?)?|vie(?:rnes)?",
    r"sa(?:t(?:urdays?)?)?|sab(?:ados?)?",
    r"su(?:n(?:days?)?)?|dom(?:ingos?)?",
)
_DAY = "|".join(f"(?P<d{number}>{name})" for number, name in enumerate(_NAMES))
_day = re.compile(rf"\b(?:{_DAY})\b\.?")
_range = re.compile(r"\s*(?:-|–|—|to|through|thru|until|a|al)\s*")
_list = re.compile(r"\s*(?:,|&|/|\+|,?\s+(?:and|or|y|o))\s*")
_groups: tuple[tuple[re.Pattern[str], Days], ...] = (
    (re.compile(r"\bweekends?\b|\bfin(?:es)? de semana\b"), frozenset({5, 6})),
    (re.compile(r"\b(?:weekdays?|business days?)\b|\bentre semana\b"), frozenset(range(5))),
    (
        re.compile(r"\b(?:daily|every ?day|seven days a week|7 days a week|24/7)\b|\btodos los dias\b"),
        frozenset(range(7)),
    ),
)

_short = re.compile(r"\b(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?")
_work_week = re.compile(r"\bM ?[-–] ?F\b")
_full = {day[:3]: day for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")}


def spelled(text: str) -> str:
    """`text` with its short days in full: a model that reads takes "Sat" in "Sat - Sun: Closed" for a verb."""
    return _short.sub(lambda match: _full[match[0][:3]], _work_week.sub("Monday - Friday", text))


def days_named(text: str) -> Days:
    """The days that `text` names or spans; Monday is 0. Two-letter names count only beside another day."""
    folded = fold(text)
    found = {day for pattern, days in _groups if pattern.search(folded) for day in days}
    matches = list(_day.finditer(folded))
    links = [_link(folded[a.end() : b.start()]) for a, b in pairwise(matches)]
    for match, before, after in zip(matches, [None, *links], [*links, None], strict=False):
        if before or after or len(match[0].rstrip(".")) > 2:
            found.add(_number(match))
    for (first, last), link in zip(pairwise(map(_number, matches)), links, strict=True):
        if link == "range":
            found |= {day % 7 for day in range(first, last + (7 if last < first else 0))}
    return frozenset(found)


def _link(between: str) -> Literal["range", "list"] | None:
    """How the words between two days bind them."""
    if _range.fullmatch(between):
        return "range"
    return "list" if _list.fullmatch(between) else None


def _number(match: re.Match[str]) -> int:
    return next(number for number in range(7) if match[f"d{number}"])
