"""Dates of birth: like other days, but always with a year, and never in the future or longer ago than people live."""

import re
from datetime import date

from app.dialogue.slots.dates import MONTH, MONTHS, NUMBER, find_date, number_of
from app.dialogue.slots.fold import fold
from app.dialogue.slots.number_words import CARDINAL, YEAR_IN_WORDS, cardinal, year_in_words
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

OLDEST = 120
"""Years."""
_YEAR = rf"(?P<year>(?:18|19|20)\d\d|'?\d\d|{YEAR_IN_WORDS})(?!\d|:)"
_DAY_IN_WORDS = rf"(?:{NUMBER}|(?P<cardinal>{CARDINAL})\b)"
_SEP = r"\s*[/. -]\s*"
_FORMS = (
    re.compile(r"(?<!\d)(?P<year>(?:18|19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"),
    re.compile(rf"(?<![\d/.-])(?P<month>\d{{1,2}}){_SEP}(?P<day>\d{{1,2}}){_SEP}{_YEAR}(?![/-])"),
    re.compile(rf"\b{MONTH}\s*(?:the\s+)?{_DAY_IN_WORDS}(?:\s*,)?\s*(?:of\s+|de\s+|del\s+|in\s+)?{_YEAR}"),
    re.compile(rf"\b{_DAY_IN_WORDS}\s*(?:of\s+|de\s+)?{MONTH}\s*,?\s*(?:of\s+|de\s+|del\s+|in\s+)?{_YEAR}"),
    re.compile(r"(?<!\d)(?P<month>\d\d)(?P<day>\d\d)(?P<year>(?:18|19|20)\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)"),
)


def birth_span(folded: str, today: date) -> tuple[int, int] | None:
    """Where in folded text a day with its year stands; None without one."""
    found = _first(folded, today)
    return found[:2] if found else None


def birth_date(said: str, context: ParseContext) -> Parsed | Rejected:
    """One calendar day, ISO."""
    text = fold(said)
    found = _first(text, context.today)
    if found is None:
        return Rejected("birth_date_year" if find_date(text, context.today) else "birth_date_wrong")
    born = found[2]
    if born > context.today:
        return Rejected("birth_date_future")
    if context.today.year - born.year > OLDEST:
        return Rejected("birth_date_old")
    return Parsed(born.isoformat())


def _first(text: str, today: date) -> tuple[int, int, date] | None:
    hits = [
        (hit.start(), hit.end(), day)
        for form in _FORMS
        for hit in form.finditer(text)
        if (day := _day(hit.groupdict(), today))
    ]
    return min(hits, key=lambda hit: (hit[0], -hit[1]), default=None)


def _day_number(parts: dict[str, str]) -> int:
    return cardinal(parts["cardinal"]) if parts.get("cardinal") else number_of(parts["day"])


def _day(parts: dict[str, str], today: date) -> date | None:
    said = parts["year"].lstrip("'")
    year = int(said) if said.isdigit() else year_in_words(said)
    if year < 100:
        year += 2000 if year <= today.year % 100 else 1900
    month, day = MONTHS.get(parts["month"]) or int(parts["month"]), _day_number(parts)
    if month > 12 >= day:
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None
