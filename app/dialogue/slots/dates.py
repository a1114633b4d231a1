"""Days said in words: "the 12th", "next Tuesday", "March 4", "3/12", "mañana" become calendar days."""

import re
from calendar import monthrange
from datetime import date, timedelta

from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = (
    r"(?:(?P<mon>mon(?:day)?s?|lunes)|(?P<tue>tue(?:s|sday)?s?|(?:teus|tuse)days?|martes)|(?P<wed>wed(?:s|nesday)?s?|(?:wens|wends|wedns|wensd|wenes|weds|wednse)[de]?days?|miercoles)|"
    r"(?P<thu>thu(?:r|rs|rsday)?s?|(?:thrus|thers|thur|thus)days?|jueves)|(?P<fri>fri(?:day)?s?|viernes)|(?P<sat>sat(?:urday)?s?|sat[ea]rdays?|"
    r"sabados?)|(?P<sun>sun(?:day)?s?|domingos?))\b"
)
_DAY = re.compile(
    r"\b(?:(?P<lead>next|this|coming|proximo|este)\s+)?"
    + DAY
    + r"(?:\s+(?P<tail>(?:the )?(?:this|next) week|que viene|proximo))?"
)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero",
            "february feb febrero",
            "march mar marzo",
            "april apr abril",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto",
            "september sept sep septiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre",
        ),
        1,
    )
    for name in names.split()
}
MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_TEENS = "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
_ORDINALS = {
    word: number
    for number, word in enumerate(("first second third fourth fifth sixth seventh eighth ninth " + _TEENS).split(), 1)
}
_ORDINALS |= {f"twenty{sep}{word}": 20 + number for word, number in list(_ORDINALS.items())[:9] for sep in " -"}
_ORDINALS |= {"thirtieth": 30, "thirty-first": 31, "thirty first": 31, "primero": 1}
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
NUMBER = rf"(?P<day>\d{{1,2}}(?=(?:st|nd|rd|th)?\b)|{_ORDINAL})(?:st|nd|rd|th)?\b"
_YEAR = r"(?:,?\s+(?:of\s+|de\s+|del\s+)?(?P<year>(?:19|20)\d\d))?"
_WRITTEN = (
    re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(
        r"(?<![\d/-])(?P<month>\d{1,2})(?:/(?P<day>\d{1,2})(?:/(?P<year>\d{4}|\d\d))?|"
        r"[.-](?P<day_>\d{1,2})[.-](?P<year_>\d{4}|\d\d))(?![\d/-])"
    ),
    re.compile(rf"\b{MONTH}\s+(?:the\s+)?{NUMBER}{_YEAR}"),
    re.compile(rf"\b(?:the\s+|el\s+)?{NUMBER}\s+(?:of\s+|de\s+)?{MONTH}{_YEAR}"),
    re.compile(
        r"\b(?:the\s+|el\s+(?:dia\s+)?)(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?!\s*(?:am|pm|:|"
        r"o'clock))(?:\s+of\s+(?P<same>this month))?"
    ),
    re.compile(r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)\b(?:\s+of\s+(?P<same>this month))?"),
    re.compile(
        rf"\bthe\s+(?P<day>{_ORDINAL})\b(?=\s*(?:[,.;!?]|$|at\b|in the\b|around\b|after\b|before\b|of this month\b))"
    ),
)
FEW = {
    word: number
    for number, words in enumerate(
        ("a an un una one", "two dos couple", "three tres", "four cuatro", "five cinco", "six seis"), 1
    )
    for word in words.split()
}
_AHEAD = re.compile(
    rf"\b(?:(?:in|en|dentro de)\s+(?:about\s+)?(?:a\s+)?(?P<count>\d{{1,2}}|{'|'.join(FEW)})(?:\s+of)?\s+"
    r"(?P<unit>days?|weeks?|dias?|semanas?)(?!\s+(?:ago|after))(?:\s+time)?|"
    rf"(?P<count_>\d{{1,2}}|{'|'.join(FEW)})\s+(?P<unit_>days?|weeks?)\s+(?:from|after)\s+(?:today|now))\b"
)
_NEAR = re.compile(
    r"\b(?P<today>today|later today|hoy)\b|"
    r"\b(?P<after>day after tomorrow|pasado manana)\b|"
    r"\b(?P<tomorrow>tomorrow|tmrw|tomorow|(?<!la )(?<!por )manana(?! por)(?!s)|manana(?= por))\b"
)


def find_date(text: str, today: date) -> tuple[int, int, date] | None:
    """The first calendar day in folded `text`: start, end, day. Weekdays alone ("Tuesdays") are not calendar days;
    "next Tuesday" and "this Friday" are."""
    if far := _AHEAD.search(text):
        count, unit = far["count"] or far["count_"], far["unit"] or far["unit_"]
        days = (FEW.get(count) or int(count)) * (7 if unit.startswith(("w", "s")) else 1)
        return far.start(), far.end(), today + timedelta(days=days)
    if near := _NEAR.search(text):
        ahead = 2 if near["after"] else 1 if near["tomorrow"] else 0
        return near.start(), near.end(), today + timedelta(days=ahead)
    written = [
        (hit.start(), hit.end(), day)
        for pattern in _WRITTEN
        for hit in pattern.finditer(text)
        if (day := _calendar_day(hit.groupdict(), today))
    ]
    if written:
        return min(written, key=lambda found: (found[0], -found[1]))
    hit = next((hit for hit in _DAY.finditer(text) if hit["lead"] or hit["tail"]), None)
    return (hit.start(), hit.end(), _weekday(hit, today)) if hit else None


def number_of(day: str) -> int:
    """The number of a day: "12", "twelfth"."""
    return _ORDINALS.get(day) or int(day)


def _calendar_day(parts: dict[str, str | None], today: date) -> date | None:
    said = parts.get("day") or parts.get("day_") or "0"
    number = number_of(said)
    year, month = parts.get("year") or parts.get("year_"), parts.get("month")
    try:
        if not month:
            return _in_month(number, today, stay=bool(parts.get("same")))
        which = MONTHS.get(month) or int(month)
        if which > 12 >= number:
            which, number = number, which
        if year:
            full = int(year) if len(year) == 4 else 2000 + int(year) - (100 if int(year) > today.year % 100 + 5 else 0)
            return date(full, which, number)
        day = date(today.year, which, number)
        return day if day >= today else date(today.year + 1, which, number)
    except ValueError:
        return None


def _in_month(number: int, today: date, *, stay: bool) -> date | None:
    """The next day with this number; with `stay` the one of this month, also when it is over."""
    if not 1 <= number <= 31:
        return None
    year, month = today.year, today.month
    for _ in range(12):
        if number <= monthrange(year, month)[1] and (stay or date(year, month, number) >= today):
            return date(year, month, number)
        year, month = (year + month // 12, month % 12 + 1)
    return None


def _weekday(hit: re.Match[str], today: date) -> date:
    wanted = next(place for place, name in enumerate(DAYS) if hit[name])
    monday = today - timedelta(days=today.weekday())
    next_week = "next week" in (hit["tail"] or "")
    if next_week:
        return monday + timedelta(days=7 + wanted)
    ahead = (wanted - today.weekday()) % 7 or 7
    if hit["lead"] == "next" and ahead <= 6 - today.weekday():
        ahead += 7
    return today + timedelta(days=ahead)


def weekdays_in(text: str) -> list[str]:
    """Weekday names in folded `text`, in the order of the week."""
    found = {name for hit in re.finditer(r"\b" + DAY, text) for name in DAYS if hit[name]}
    return [name for name in DAYS if name in found]


_AGO = re.compile(
    rf"\b(?:(?P<count>\d{{1,2}}|{'|'.join(FEW)}) (?P<unit>days?|weeks?) ago|"
    rf"hace (?P<count_>\d{{1,2}}|{'|'.join(FEW)}) (?P<unit_>dias?|semanas?))\b"
)
_OVER = re.compile(r"\b(?:was|were|had|happened|fell|did|got|fue|era|tuve|me operaron|paso|last)\b")


def date_said(said: str, context: ParseContext) -> Parsed | Rejected:
    """One calendar day, ISO."""
    if re.search(r"\b(?:yesterday|ayer)\b", fold(said)):
        return Parsed((context.today - timedelta(days=1)).isoformat())
    text = fold(said)
    if ago := _AGO.search(text):
        count, unit = ago["count"] or ago["count_"], ago["unit"] or ago["unit_"]
        days = (FEW.get(count) or int(count)) * (7 if unit.startswith(("w", "s")) else 1)
        return Parsed((context.today - timedelta(days=days)).isoformat())
    found = find_date(text, context.today)
    if found and found[2] > context.today and _OVER.search(text) and not re.search(r"\b(?:19|20)\d\d\b", text):
        return Parsed(_year_before(found[2]).isoformat())
    return Parsed(found[2].isoformat()) if found else Rejected("date_wrong")


def _year_before(day: date) -> date:
    """The same day a year ago; February 28 for a day that year does not have."""
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))
