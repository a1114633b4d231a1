"""The days that a paper says of itself: since when and until when it holds, and when it was last changed. Only words
about the paper as a whole count; a date in a row or in the middle of the text belongs to what stands there."""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ingestion.blocks import Block, Bullets, Heading, Paragraph

_EDGE_BLOCKS = 6
_MOST_WORDS = 30
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr", "may mayo",
            "june jun junio", "july jul julio", "august aug agosto ago", "september sept sep septiembre setiembre",
            "october oct octubre", "november nov noviembre", "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<{{0}}>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)",
        r"(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})[/.-](?P<year>\d{4}|\d{2})(?!\d)",
        _MONTH.format("name") + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?"
        + _MONTH.format("name")
        + r",?\s+(?:de(?:l)?\s+)?(?P<year>\d{4})(?!\d)",
        _MONTH.format("name") + r",?\s+(?:de(?:l)?\s+)?(?P<year>\d{4})(?!\d)",
        r"(?P<month>\d{1,2})/(?P<year>\d{4})(?!\d)",
    )
)
_OPTIONAL = (
    r"(?:\s+(?:date|on|as\s+of|from|since|starting|beginning|el|desde|a\s+partir\s+del?|fecha|is|in))*\s*[:\-–]?\s*"
)
_STARTS = re.compile(
    r"(?i)\b(?:effective|in\s+effect|in\s+force|valid(?:\s+(?:from|as\s+of|since|beginning|starting))?|applies\s+from|"
    r"vigente\s+(?:desde|a\s+partir)|v[aá]lid[oa]\s+(?:desde|a\s+partir)|en\s+vigor)" + _OPTIONAL
)
_ENDS = re.compile(
    r"(?i)\b(?:valid\s+(?:through|thru|until|till|to)|effective\s+(?:through|thru|until|till)|in\s+effect\s+(?:through|until)|"
    r"expires?|expiration|expiry|good\s+(?:through|until)|v[aá]lid[oa]\s+hasta|vigente\s+hasta|vence)" + _OPTIONAL
)
_UNTIL = re.compile(r"(?i)^\s*(?:-|–|—|to|through|thru|until|till|and|hasta|al?)\s*")
_REVISED = re.compile(
    r"(?i)\b(?:(?:last\s+)?(?:revised|updated|reviewed|modified|changed)|last\s+(?:update|revision|review)|rev\.?|revision|"
    r"version|as\s+of|(?:[uú]ltima\s+)?(?:actualizaci[oó]n|revisi[oó]n)|actualizad[oa]|revisad[oa])" + _OPTIONAL
)
# What may stand before the words: what the paper calls itself. Anything else ("Cedar HMO, effective ...") is what the
# date belongs to.
_PAPER = re.compile(
    r"(?i)\b(?:agreement|directory|document|faqs?|fees|form|guide|guidelines?|handbook|hours|information|insurances?|"
    r"list|listing|memo|notice|pages?|payers?|plans|polic(?:y|ies)|prices|pricing|procedures?|questions|rates|rules|schedule|"
    r"sheet|table|terms|version|this|lista|tarifas|precios|pol[ií]ticas?|normas|horarios?|seguros|aviso|gu[ií]a)\b"
)
_ELSE = re.compile(
    r"(?i)\b(?:referrals?|orders?|prescriptions?|authorizations?|cards?|certificates?|coupons?|offers?|packages?|are|is|will|"
    r"they|it|we|you|your|our|recetas?|referidos?)\b"
)
_MOST_BEFORE, _MOST_AFTER = 10, 4
_DATING = re.compile(
    "|".join(one.pattern.replace("(?i)", "") for one in (_STARTS, _ENDS, _REVISED))
    + rf"|\b(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b"
    r"|\b(?:page|p[aá]gina|of|de|and|through|by|copyright|approved|confidential)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PaperDates:
    """Calendar days, both ends included; None where the paper does not say, or says two different things."""

    starts: date | None = None
    ends: date | None = None
    revised: date | None = None


def paper_dates(blocks: Sequence[Block]) -> PaperDates:
    """What the first and last blocks of a paper say of it."""
    lines = list(dict.fromkeys(_lines(blocks)))
    starts = {day for line in lines for day, _ in _after(_STARTS, line, last=False)}
    ends = {day for line in lines for day, _ in _after(_ENDS, line, last=True)}
    ends |= {day for line in lines for _, rest in _after(_STARTS, line, last=False) if (day := _range_end(rest))}
    revised = {day for line in lines for day, _ in _after(_REVISED, line, last=False)}
    start, end = _only(starts), _only(ends)
    if start and end and start > end:
        return PaperDates(revised=max(revised, default=None))
    return PaperDates(start, end, max(revised, default=None))


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    """Short lines near both ends; rows and list items speak for themselves only."""
    said = [block for block in blocks if isinstance(block, Heading | Paragraph | Bullets) or block.rows]
    for block in _edges(said):
        if isinstance(block, Heading | Paragraph):
            for line in re.split(r"\n|(?<=[.;|•·])\s+(?=[A-ZÁÉÍÓÚ])", block.text):
                if len(line.split()) <= _MOST_WORDS:
                    yield line.strip()


def _edges(blocks: Sequence[Block]) -> Iterable[Block]:
    if len(blocks) <= 2 * _EDGE_BLOCKS:
        return blocks
    return [*blocks[:_EDGE_BLOCKS], *blocks[-_EDGE_BLOCKS:]]


def _after(words: re.Pattern[str], line: str, *, last: bool) -> Iterator[tuple[date, str]]:
    """(day, what follows it) of each date right after the words, where the line speaks of the paper."""
    for found in words.finditer(line):
        day = _day(line[found.end() :], last=last)
        if day and _is_of_paper(line[: found.start()]) and _ends_there(day[1]):
            yield day


def _is_of_paper(before: str) -> bool:
    """Whether the words before are none, another date, or what the paper calls itself."""
    plain = _DATING.sub(" ", before)
    said = re.findall(r"[^\W\d_]+", plain)
    return not said or (len(said) <= _MOST_BEFORE and bool(_PAPER.search(plain)) and not _ELSE.search(plain))


def _ends_there(rest: str) -> bool:
    """Whether no sentence goes on after the date: "Effective January 1 we take Cedar" is no date of the paper."""
    return bool(_range_end(rest)) or len(re.findall(r"[^\W\d_]+", _DATING.sub(" ", rest))) <= _MOST_AFTER


def _range_end(rest: str) -> date | None:
    """The second day of "January 1, 2026 - December 31, 2026"."""
    joined = _UNTIL.match(rest)
    found = _day(rest[joined.end() :], last=True) if joined else None
    return found[0] if found else None


def _day(text: str, *, last: bool) -> tuple[date, str] | None:
    """(day, rest) of a text that begins with a date. A month alone is its first day, or its last when `last`."""
    for form in _FORMS:
        found = form.match(text)
        if not found:
            continue
        parts = found.groupdict()
        year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
        month = _MONTHS[parts["name"].lower()] if "name" in parts else int(parts["month"])
        if not (1 <= month <= 12 and 1990 <= year <= 2200):
            return None
        days = calendar.monthrange(year, month)[1]
        day = int(parts["day"]) if "day" in parts else (days if last else 1)
        return (date(year, month, day), text[found.end() :]) if 1 <= day <= days else None
    return None


def _only(days: set[date]) -> date | None:
    return next(iter(days)) if len(days) == 1 else None
