"""Several days said at once: "next week", "the week of March 9", "from the 9th to the 13th", "after the 12th"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.dialogue.slots.dates import DAYS, FEW, MONTH, MONTHS, find_date

LONGEST = 31
"""Days: a longer stretch is kept by its ends."""
_NEXT = (
    r"(?:the )?next week|the following week|la (?:proxima|siguiente|otra) semana|"
    r"la semana (?:que viene|proxima|siguiente)"
)
_WEEK = re.compile(
    r"(?P<no>\b(?:not|no|except|but|never|menos|excepto)\s+)?"
    r"(?:\b(?:any ?time|any ?day|some ?time|any|all|cualquier dia|todos? los? dias?)\s+)?"
    rf"(?:\b(?:(?P<since>starting|beginning|from|a partir de|desde)|during|in|for|of|de|en|durante|early|later)\s+)?"
    rf"\b(?:(?P<end>(?:this|next|este|el proximo)\s+(?:weekend|fin de semana)\b)|(?P<next>(?:{_NEXT})\b)|"
    r"(?P<this>(?:this week|esta semana)\b)|"
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
_SURGERY = re.compile(
    r"(?:(?:\b(?:i|he|she|we)(?:'m| am| is|'s)? (?:have|has|having|get|getting)(?: my| a)? |\b(?:my|the|his|her) )"
    r"(?:[a-z]+ )?)?"
    r"\b(?:surgery|operation|procedure)\b(?! \w*(?:went|was))|\b(?:me|lo|la) operan\b|\bmi (?:cirugia|operacion)\b"
)
_TOLD_HOW = re.compile(r"\b(?:after|before|until|till|despues|antes|hasta)(?: del?| my| mi| the| la)*\s*$")
_FAR = 12
"""Characters between the surgery and its day."""
_WAITS = re.compile(
    rf"[\s,;.]*(?:so |and |y )?(?:at least |about |al menos )?(?P<count>\d{{1,2}}|{'|'.join(FEW)}) "
    r"(?P<unit>weeks?|days?|semanas?|dias?) "
    r"(?:after(?:wards?)?|later|despues)(?: (?:that|then|it|de eso))?"
)
_WHOLE_MONTH = re.compile(
    rf"\b(?:(?:(?:any ?time |some ?time )?(?:in|during|en)) {MONTH}(?! ?\d)|next month\b|"
    r"el (?:proximo mes|mes que viene)\b)"
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
    """The week that a whole wish is about: its Monday, where in the words it stands, which days of it are meant when no
    day is named, and whether all that follows is meant too."""

    monday: date
    start: int
    end: int
    names: tuple[str, ...] = DAYS[:5]
    since: bool = False

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
    if hit["end"]:
        ahead = 7 if hit["end"].startswith(("next", "el proximo")) else 0
        return Week(monday + timedelta(days=ahead), hit.start(), hit.end(), DAYS[5:])
    if hit["since"] and hit["next"]:
        return Week(monday + timedelta(days=7), hit.start(), hit.end(), since=True)
    if hit["next"] or hit["this"]:
        return Week(monday + timedelta(days=7 if hit["next"] else 0), hit.start(), hit.end())
    found = find_date(hit["of"] or "el " + (hit["del"] or ""), today)
    if found is None:
        return None
    length = found[1] - (0 if hit["of"] else 3)
    return Week(found[2] - timedelta(days=found[2].weekday()), hit.start(), hit.end() + length)


def after_surgery(text: str, today: date) -> str:
    """ "Surgery on March 10, so two weeks after that" with the day from which on the patient can come instead."""
    surgery = _SURGERY.search(text)
    found = find_date(text[surgery.end() :], today) if surgery else None
    if surgery is None or found is None or found[0] > _FAR or _TOLD_HOW.search(text[: surgery.start()]):
        return text
    end = surgery.end() + found[1]
    wait = _WAITS.search(text[end:])
    days = 1
    if wait:
        days = (FEW.get(wait["count"]) or int(wait["count"])) * (7 if wait["unit"].startswith(("w", "s")) else 1)
    rest = text[end:][: wait.start()] + text[end:][wait.end() :] if wait else text[end:]
    return f"{text[: surgery.start()]} starting {(found[2] + timedelta(days=days)).isoformat()} {rest}"


def dated(piece: str, today: date) -> Dated | None:
    """The day, the days in a row, the month, or the open stretch that a piece of a wish names."""
    found = find_date(piece, today)
    if found is None:
        return _month(piece, today)
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


def _month(piece: str, today: date) -> Dated | None:
    hit = _WHOLE_MONTH.search(piece)
    if not hit:
        return None
    number = MONTHS[hit["month"]] if hit["month"] else today.month % 12 + 1
    first = date(today.year + (number < today.month), number, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Dated([], hit.start(), hit.end(), max(first, today).isoformat(), last.isoformat())


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
