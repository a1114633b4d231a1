"""Calendar days that a row holds from or to: "effective 1/1/2027", "until December 2026", "desde marzo de 2027"."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from dateutil.parser import ParserError, parse, parserinfo

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    r"|diciembre)\.?"
)
_DAY = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}})|{_MONTH}\s+\d{{1,2}}"
    rf"(?:st|nd|rd|th)?,?\s+\d{{4}}|(?:el )?\d{{1,2}}(?:º|st|nd|rd|th)?\s+(?:of |de )?{_MONTH},?\s+(?:de |del )?\d{{4}}"
    rf"|{_MONTH},?\s+(?:of |de |del )?\d{{4}}|\d{{1,2}}/\d{{4}}|20\d\d)(?![\d/])"
)
_FROM = (
    r"(?:(?:currently )?(?:effective|starting|starts|start|beginning|begins|eff\.?|as of|from|since|after|desde(?: el)?"
    r"|a partir del?|vigente desde(?: el)?)(?: date)?(?: on| from| as of)?:?)"
)
_TO = (
    r"(?:(?:valid |good |only )?(?:until|till|through|thru|ending|ends|ended|expires|expired|expiring|terminates|"
    r"terminated|terminating|termed|term|hasta(?: el)?|vence(?: el)?)(?: date)?(?: on| after| as of)?:?)"
)
_PHRASE = re.compile(rf"(?i)\b(?:(?P<to>{_TO})|(?P<from>{_FROM}))\s+(?:the end of )?(?P<day>{_DAY})")
_RANGE = re.compile(rf"(?i)({_DAY})\s*(?:-|–|—|to|through|thru|until|a|hasta)\s*({_DAY})")
_WHOLE = re.compile(rf"(?i)^\W*({_DAY})\W*$")


class _Bilingual(parserinfo):  # type: ignore[misc]
    """English and Spanish months; numbers are read month first, as US papers write them."""

    MONTHS = [  # noqa: RUF012 - the library's own shape
        ("Jan", "January", "enero"), ("Feb", "February", "febrero"), ("Mar", "March", "marzo"),
        ("Apr", "April", "abril"), ("May", "May", "mayo"), ("Jun", "June", "junio"), ("Jul", "July", "julio"),
        ("Aug", "August", "agosto"), ("Sep", "Sept", "September", "septiembre"), ("Oct", "October", "octubre"),
        ("Nov", "November", "noviembre"), ("Dec", "December", "diciembre"),
    ]  # fmt: skip
    JUMP = [*parserinfo.JUMP, "de", "del", "el", "º"]  # noqa: RUF012


@dataclass(frozen=True, slots=True)
class Days:
    """When something holds, both ends included; `rest` is the text without the words that said so, blanks in place."""

    rest: str
    start: date | None = None
    end: date | None = None


def day(text: str, *, last: bool = False) -> date | None:
    """A whole text as a calendar day. A month or year alone is its first day, or its last when `last`."""
    found = _WHOLE.match(text)
    return _parsed(found[1], last=last) if found else None


def span(text: str) -> tuple[date | None, date | None]:
    """A cell of a date column: one day, or two with a dash between."""
    found = _RANGE.search(text)
    if found:
        return _parsed(found[1], last=False), _parsed(found[2], last=True)
    said = said_days(text)
    return (said.start or day(text), said.end)


def said_days(text: str) -> Days:
    """The days that a text names with a word for their sense ("effective", "until"); a bare date says nothing."""
    start = end = None
    rest = text
    if not any(map(str.isdigit, text)):
        return Days(text)
    for found in _PHRASE.finditer(text):
        last = found["to"] is not None
        value = _parsed(found["day"], last=last)
        if value is None:
            continue
        if last:
            end = value
        else:
            start = value + timedelta(days=1) if found["from"].casefold().startswith("after") else value
        rest = rest[: found.start()] + " " * (found.end() - found.start()) + rest[found.end() :]
    return Days(rest, start, end)


@lru_cache(maxsize=1024)
def _parsed(text: str, *, last: bool) -> date | None:
    # What the text leaves open comes from the default: parsed twice, it shows which parts the text itself gives.
    defaults = (datetime(2000, 1, 1), datetime(2001, 12, 28))  # noqa: DTZ001 - calendar days have no zone
    first: datetime
    other: datetime
    try:
        first, other = (parse(_ready(text), parserinfo=_Bilingual(), default=default) for default in defaults)
    except (ParserError, OverflowError, ValueError):
        return None
    if first.year != other.year:
        return None
    month = other.month if last and first.month != other.month else first.month
    if first.day == other.day:
        return first.date()
    return date(first.year, month, calendar.monthrange(first.year, month)[1] if last else 1)


def _ready(text: str) -> str:
    return re.sub(r"(\d)(?:º|st|nd|rd|th)\b", r"\1", text)
