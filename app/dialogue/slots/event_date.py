"""The day of something that happened or will happen, such as a surgery: "three weeks ago", "October 3", "el 12"."""

import re
from datetime import date, timedelta

from app.dialogue.slots.dates import DAY, DAYS, MONTH, find_date
from app.dialogue.slots.fold import fold
from app.dialogue.slots.holidays import holiday_told
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.which import MOST, meant

_FEW = {
    "a": 1, "an": 1, "one": 1, "un": 1, "una": 1, "two": 2, "dos": 2, "couple": 2, "three": 3, "tres": 3, "four": 4,
    "cuatro": 4, "five": 5, "cinco": 5, "six": 6, "seis": 6, "seven": 7, "siete": 7, "eight": 8, "ocho": 8, "nine": 9,
    "nueve": 9, "ten": 10, "diez": 10, "twelve": 12, "doce": 12,
}  # fmt: skip
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_FEW)})(?:\s+of)?"
_UNIT = r"(?P<unit>day|week|month|year|dia|semana|mes|ano)(?:s|es)?"
_AGO = (
    re.compile(rf"\b{_COUNT}\s+{_UNIT}\s+(?:ago|back|atras)\b"),
    re.compile(rf"\b(?:hace|desde hace)\s+(?:como\s+|unos\s+|unas\s+)?{_COUNT}\s+{_UNIT}\b"),
)
_LAST = re.compile(rf"\blast\s+{_UNIT}\b|\b(?:la|el)\s+(?P<unit_>semana|mes|ano)\s+pasad[oa]\b")
_YESTERDAY = re.compile(
    r"\b(?P<more>day before yesterday|anteayer|antier|antes de ayer)\b|\b(?:yesterday|last night|ayer|anoche)\b"
)
_LAST_DAY = (re.compile(rf"\b(?:last|this past|past)\s+{DAY}"), re.compile(rf"{DAY}\s+pasado\b"))
_DAYS_OF = {"d": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}
_BEHIND = re.compile(r"\b(?:was|had|did|got|ago|last|past|fue|tuve|tuvo|hicieron|operaron|opere|paso|pasad[oa])\b")
_IN_MONTH = re.compile(rf"\b(?P<named>{MONTH})(?:\s*,)?\s+(?:on\s+|the\s+)+(?P<rest>\d{{1,2}}(?:st|nd|rd|th)\b)")
"""The month first, the day behind it: "early february, the 5th"."""
_YEAR, _MONTH = timedelta(weeks=52), timedelta(weeks=4)
"""Whole weeks: what is said relative to today then moves by as much, and shows that it is."""


def event_date(said: str, context: ParseContext) -> Parsed | Rejected:
    """One calendar day, ISO. A day without its year or month is the nearest one; with words of the past, the last."""
    text, today = _held(_IN_MONTH.sub(r"\g<named> \g<rest>", fold(said)), context.today), context.today
    holiday = holiday_told(text, today)
    found = holiday[2] if holiday else _ago(text, today) or _on_calendar(text, today)
    return Parsed(found.isoformat()) if found else Rejected("date_wrong")


def when_told(folded: str, today: date) -> tuple[int, int] | None:
    """Where the first day stands in folded text that an event may have; None without one."""
    hits = [hit.span() for form in (*_AGO, _LAST, _YESTERDAY, *_LAST_DAY) if (hit := form.search(folded))]
    hits += [told[:2] for told in (find_date(folded, today), holiday_told(folded, today)) if told]
    return min(hits, default=None)


def _held(text: str, today: date) -> str:
    """The text with the day that holds alone: "it was supposed to be the 4th but got pushed to the 18th"."""
    days: list[tuple[int, int]] = []
    at = 0
    while len(days) < MOST and (hit := find_date(text[at:], today)):
        days.append((at + hit[0], at + hit[1]))
        at += hit[1]
    if len(days) < 2:
        return text
    kept = meant(text, days)
    return "".join(
        char
        for place, char in enumerate(text)
        if not any(start <= place < end for n, (start, end) in enumerate(days) if n != kept)
    )


def _ago(text: str, today: date) -> date | None:
    for form in _AGO:
        if hit := form.search(text):
            count = _FEW.get(hit["count"]) or int(hit["count"])
            return today - timedelta(days=count * _DAYS_OF[hit["unit"][0]])
    if hit := _YESTERDAY.search(text):
        return today - timedelta(days=2 if hit["more"] else 1)
    if hit := _LAST.search(text):
        return today - timedelta(days=_DAYS_OF[(hit["unit"] or hit["unit_"])[0]])
    for form in _LAST_DAY:
        if hit := form.search(text):
            wanted = next(number for number, name in enumerate(DAYS) if hit[name])
            return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)
    return None


def _on_calendar(text: str, today: date) -> date | None:
    found = find_date(text, today)
    if found is None:
        return None
    days = {found[2]}
    for back in (_MONTH, _YEAR):
        earlier = find_date(text, today - back)
        if earlier and earlier[2] != found[2] - back:
            days.add(earlier[2])
    past = [day for day in days if day <= today]
    if past and _BEHIND.search(text):
        return max(past)
    return min(days, key=lambda day: abs((day - today).days))
