"""Several days said at once: "next week", "the week of March 9", "from the 9th to the 13th", "after the 12th"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.dialogue.slots.dates import DAYS, find_date

LONGEST = 31
"""Days: a longer stretch is kept by its ends."""
_NEXT = (
    r"(?:the )?next week|the following week|la (?:proxima|siguiente|otra) semana|"
    r"la semana (?:que viene|proxima|siguiente)"
)
_WEEK = re.compile(
    r"(?P<no>\b(?:not|no|except|but|never|menos|excepto)\s+)?"
    r"(?:\b(?:any ?time|any ?day|some ?time|any|all|cualquier dia|todos? los? dias?)\s+)?"
    rf"(?:\b(?:during|in|for|of|de|en|durante)\s+)?\b(?:(?P<next>{_NEXT})|(?P<this>(?:later )?this week|esta semana)|"
    r"(?:the )?week of (?=(?P<of>\S.*))|la semana del? (?=(?P<del>\S.*)))"
)
_AND_TO = re.compile(
    r"^\s*(?:-|to|through|thru|till|until|al?|hasta(?: el)?)\s*(?:the\s+|el\s+)?"
    r"(?:(?P<number>\d{1,2})(?:st|nd|rd|th)?\b)?"
)
_TILL_DAY = (
    r"(?:\s+(?!work\b|school\b|lunch\b|noon\b|hours\b|el trabajo\b)(?:my|the|mi|la|el|a|his|her|su)?\s*[a-z]*"
    r"(?:\s+[a-z]+)?)?(?:\s+(?:on|is|de|del|el))*\s*$"
)
_SINCE = re.compile(
    r"\b(?P<same>from|starting(?: on| from)?|beginning(?: on)?|as of|not before|no earlier than|desde|a partir)"
    rf"(?:\s+(?:on|del?|el))*\s*$|\b(?P<later>after|despues|later than)(?:\s+del?)?{_TILL_DAY}"
)
_UNTIL = re.compile(
    rf"\b(?P<same>by|until|till|through|no later than|not after|hasta)(?:\s+(?:on|el))*\s*$|"
    rf"\b(?P<earlier>before|antes)(?:\s+del?)?{_TILL_DAY}"
)


@dataclass(frozen=True, slots=True)
class Week:
    """The week that a whole wish is about: its Monday, and where in the words it stands."""

    monday: date
    start: int
    end: int

    def days(self, names: list[str], today: date) -> list[str]:
        """ISO days of these weekdays; one that is over already is meant for the week after."""
        found = [self.monday + timedelta(days=DAYS.index(name)) for name in names]
        to_come = [day for day in found if day >= today]
        return [day.isoformat() for day in to_come or [day + timedelta(days=7) for day in found]]


@dataclass(frozen=True, slots=True)
class Dated:
    """What a piece of a wish says about the calendar; `start` and `end` tell where in it. `since` and `until` are
    the first and the last day of an open stretch."""

    days: list[str]
    start: int
    end: int
    since: str | None = None
    until: str | None = None


def week_meant(text: str, today: date) -> Week | None:
    """The only week that folded `text` names; None for none, several, or one that is ruled out."""
    hits = list(_WEEK.finditer(text))
    if len(hits) != 1 or hits[0]["no"]:
        return None
    hit, monday = hits[0], today - timedelta(days=today.weekday())
    if hit["next"] or hit["this"]:
        return Week(monday + timedelta(days=7 if hit["next"] else 0), hit.start(), hit.end())
    found = find_date(hit["of"] or "el " + (hit["del"] or ""), today)
    if found is None:
        return None
    length = found[1] - (0 if hit["of"] else 3)
    return Week(found[2] - timedelta(days=found[2].weekday()), hit.start(), hit.end() + length)


def dated(piece: str, today: date) -> Dated | None:
    """The day, the days in a row, or the open stretch that a piece of a wish names."""
    found = find_date(piece, today)
    if found is None:
        return None
    start, end, day = found
    if (last := _last_day(piece[end:], day)) and (stretch := (last[1] - day).days) > 0:
        end += last[0]
        if stretch < LONGEST:
            return Dated([(day + timedelta(days=n)).isoformat() for n in range(stretch + 1)], start, end)
        return Dated([], start, end, day.isoformat(), last[1].isoformat())
    if hit := _SINCE.search(piece[:start]):
        first = day + timedelta(days=1 if hit["later"] else 0)
        return Dated([], hit.start(), end, since=first.isoformat())
    if hit := _UNTIL.search(piece[:start]):
        final = day - timedelta(days=1 if hit["earlier"] else 0)
        return Dated([], hit.start(), end, until=final.isoformat())
    return Dated([day.isoformat()], start, end)


def _last_day(rest: str, first: date) -> tuple[int, date] | None:
    """The end of a stretch that `rest` goes on with, and where it ends there."""
    to = _AND_TO.match(rest)
    if not to:
        return None
    after = rest[to.end() :]
    if to["number"] and not re.match(r"\s*(?:am|pm|:|[a-z'\"]*\s?o'?clock|/|de\b)", after):
        number = int(to["number"])
        try:
            return to.end(), first.replace(day=number)
        except ValueError:
            return None
    start = to.start("number") if to["number"] else to.end()
    found = find_date(rest[start:], first)
    return (start + found[1], found[2]) if found and found[0] <= 4 else None
