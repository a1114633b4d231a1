"""Days of the week as texts name them: "Mon - Thu", "weekends", "daily". Apart because a range names days that no word
search would find."""

import re
from itertools import pairwise
from typing import Literal

from app.answering.terms import fold

Days = frozenset[int]
Link = Literal["range", "list"] | None

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

_work_week = re.compile(r"\bm ?[-–] ?f\b", re.IGNORECASE)
_full = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = frozenset({"mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun"})
# What shows that a short name is a day's, where no other day stands beside it: "on sat", "Sat: closed", "Fri 8 - 3".
_leads = re.compile(r"\b(?:on|open|closed?|every|this|next)\s+$")
_follows = re.compile(r"\s*(?:[:|]|\d)")


def spelled(text: str) -> str:
    """`text` with its short days in full, as in "Sat - Sun: closed": a model that reads takes "sat" for a verb."""
    text = _work_week.sub("Monday - Friday", text)
    low = text.lower()
    if len(low) != len(text):  # a letter that becomes two: places would not be the same
        return text
    for match, before, after in reversed(_linked(low)):
        name = match[0].rstrip(".")
        alone = bool(_leads.search(low[: match.start()]) or _follows.match(low, match.end()))
        if (before or after) if len(name) > 2 else "range" in (before, after):
            text = text[: match.start()] + _full[_number(match)] + text[match.end() :]
        elif name in _SHORT and alone:
            text = text[: match.start()] + _full[_number(match)] + text[match.start() + len(name) :]
    return text


def days_named(text: str) -> Days:
    """The days that `text` names or spans; Monday is 0. Two-letter names count only beside another day."""
    folded = fold(text)
    found = {day for pattern, days in _groups if pattern.search(folded) for day in days}
    linked = _linked(folded)
    for match, before, after in linked:
        if before or after or len(match[0].rstrip(".")) > 2:
            found.add(_number(match))
    for (first, _, link), (last, _, _) in pairwise(linked):
        if link == "range":
            start, end = _number(first), _number(last)
            found |= {day % 7 for day in range(start, end + (7 if end < start else 0))}
    return frozenset(found)


def _linked(folded: str) -> list[tuple[re.Match[str], Link, Link]]:
    """Each day with what binds it to the day before and to the one after it."""
    matches = list(_day.finditer(folded))
    links = [_link(folded[a.end() : b.start()]) for a, b in pairwise(matches)]
    return list(zip(matches, [None, *links], [*links, None], strict=False))


def _link(between: str) -> Link:
    """How the words between two days bind them."""
    if _range.fullmatch(between):
        return "range"
    return "list" if _list.fullmatch(between) else None


def _number(match: re.Match[str]) -> int:
    return next(number for number in range(7) if match[f"d{number}"])
