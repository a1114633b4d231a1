"""The figures of a text in one form each: money, times of day, spans of time, dates, phones, addresses, bare numbers.
"$165.00" and "165 dollars" are one figure; "6 pm" as an opening and as a closing time are two."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.answering.grounding.vocabulary import vocabulary
from app.dialogue.slots.dates import MONTHS


class Sort(StrEnum):
    """What a figure counts or names."""

    MONEY = "money"
    TIME = "time"
    SPAN = "span"
    DATE = "date"
    PHONE = "phone"
    ADDRESS = "address"
    PERCENT = "percent"
    NUMBER = "number"


Same = tuple[Sort, str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `value` is its normal form, `role` what a time is the time of (start, end, before, after, at);
    `start` and `end` are places in the text it was read from."""

    sort: Sort
    value: str
    role: str = ""
    start: int = 0
    end: int = 0

    @property
    def same(self) -> Same:
        """What is equal for equal figures, wherever they stand."""
        return self.sort, self.value, self.role


_N = r"\d+(?:,\d{3})*(?:\.\d+)?"
_TO = r"\s*(?:-|–|—|to|through|thru|until|till|and|or|a|hasta|y|o)\s*(?:las\s+)?"
_HALF = r"(?:\s*(?P<half{n}>[ap])\.?\s?m\b\.?|\s*(?:de|por|en)\s+la\s+(?P<part{n}>manana|tarde|noche))"
_CLOCK = (
    r"(?:(?P<hour{n}>\d{1,2})(?:[:.](?P<min{n}>\d\d))?|"
    r"(?P<word{n}>noon|mid-?day|mediodia|el mediodia|midnight|medianoche))(?:" + _HALF + r")?(?:\s*o'?clock)?"
)
_MONTH = "(?P<month{n}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_UNITS = {
    "minute": ("minutes", 1),
    "min": ("minutes", 1),
    "minuto": ("minutes", 1),
    "hour": ("minutes", 60),
    "hr": ("minutes", 60),
    "hora": ("minutes", 60),
    "day": ("days", 1),
    "dia": ("days", 1),
    "week": ("days", 7),
    "semana": ("days", 7),
    "month": ("months", 1),
    "mese": ("months", 1),
    "mes": ("months", 1),
    "year": ("months", 12),
    "ano": ("months", 12),
    "yr": ("months", 12),
}
_SPAN = re.compile(
    rf"(?<![\w.$])(?P<low>{_N})(?:{_TO}(?P<high>{_N}))?(?:\s*\(\d+\))?[\s-]*"
    r"(?P<kind>business|working|calendar)?[\s-]*"
    r"(?P<unit>minute|minuto|min|hour|hora|hr|day|dia|week|semana|month|mese|mes|year|yr|ano)s?\b"
    r"(?P<after>\s+(?:habil|laboral)(?:es)?)?"
)
_URL = re.compile(r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+(?:[a-z]{2,}|example)(?:/[^\s,;)\]]*)?)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w.$-])\+?(?:1[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}(?:\s*,?\s*(?:x|ext\.?|extension|extensi?on)\s*\d+)?(?!\d)|(?<![\w.$-])\d{3}-\d{4}(?!\d)"
)
_MONEY = re.compile(
    rf"(?:us)?[$€£]\s?(?P<a>{_N})(?:\s*(?:-|–|to|a|and|or|y|o)\s*[$€£]?\s?(?P<b>{_N})(?!\s*(?:%|minute|hour|day|week|month|year|minuto|hora|dia|semana|mes|ano)))?(?:\s*(?:usd|dollars?|dolares))?|(?<![\w.])(?P<c>{_N})(?:\s*(?:-|–|to|a)\s*(?P<d>{_N}))?\s?(?:usd|dollars?|dolares|bucks|€)\b"
)
_PERCENT = re.compile(rf"({_N})\s?(?:%|percent\b|per cent\b|por ciento\b)")
_NAMED = _MONTH.replace("{n}", "1")
_DAY = r"(?P<day1>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"\b{_NAMED}\s+(?:the\s+)?{_DAY}\b(?!\s*(?:[ap]\.?m|:))(?:,?\s+(?P<year1>20\d\d))?"),
    re.compile(rf"\b{_DAY}\s+(?:of\s+|de\s+)?{_NAMED}(?:,?\s+(?:del?\s+)?(?P<year1>20\d\d))?"),
    re.compile(r"\b(?P<year1>20\d\d)-(?P<month1>\d\d)-(?P<day1>\d\d)\b"),
    re.compile(r"(?<![\d/])(?P<month1>\d{1,2})/(?P<day1>\d{1,2})(?:/(?P<year1>\d{4}))?(?![\d/])"),
)
_RANGE = re.compile(
    r"(?<![\w$.:-])(?:las\s+)?" + _CLOCK.replace("{n}", "1") + _TO + _CLOCK.replace("{n}", "2") + r"(?![\w%])"
)
_ONE = re.compile(r"(?<![\w$.:-])(?:(?:las|la|el)\s+)?" + _CLOCK.replace("{n}", "1") + r"(?![\w%])")
_NUMBER = re.compile(rf"(?<![\w.]){_N}(?:st|nd|rd|th)?(?!\w)")


def figures(folded: str) -> list[Figure]:
    """The figures of folded text with its number words in digits, in order; none overlaps another."""
    found: list[Figure] = []
    taken = [False] * (len(folded) + 1)
    for read in (_addresses, _phones, _dates, _money, _percent, _ranges, _clocks, _spans, _numbers):
        for figure in read(folded):
            if figure.end > figure.start and not any(taken[figure.start : figure.end]):
                found.append(figure)
        for figure in found:
            taken[figure.start : figure.end] = [True] * (figure.end - figure.start)
    return _with_pairs(found)


def _with_pairs(found: list[Figure]) -> list[Figure]:
    """Ranges were read as one piece with " | " between their two ends."""
    pairs: list[Figure] = []
    for figure in sorted(found, key=lambda one: one.start):
        ends = figure.value.split(" | ")
        roles = figure.role.split(" | ") if " | " in figure.role else [figure.role] * len(ends)
        pairs += [
            Figure(figure.sort, end, role, figure.start, figure.end) for end, role in zip(ends, roles, strict=True)
        ]
    return pairs


def _plain(number: str) -> str:
    whole, _, rest = number.replace(",", "").partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole)}.{rest}" if rest else str(int(whole))


def _addresses(text: str) -> list[Figure]:
    mails = [Figure(Sort.ADDRESS, hit[0].rstrip("."), "", hit.start(), hit.end()) for hit in _EMAIL.finditer(text)]
    urls = [hit for hit in _URL.finditer(text) if _is_url(hit, text)]
    return mails + [Figure(Sort.ADDRESS, hit[1].rstrip("./"), "", hit.start(), hit.end()) for hit in urls]


def _is_url(hit: re.Match[str], text: str) -> bool:
    """ "e.g" and "p.m" are none, and the end of a sentence without a space ("visit.please") is hardly one."""
    host = hit[1].split("/")[0]
    return len(host.split(".")[-1]) >= 2 and len(host.split(".")[0]) >= 2 and text[max(0, hit.start() - 1)] != "@"


def _phones(text: str) -> list[Figure]:
    return [Figure(Sort.PHONE, _dialled(hit[0]), "", hit.start(), hit.end()) for hit in _PHONE.finditer(text)]


def _dialled(said: str) -> str:
    main, *extension = re.split(r"\s*,?\s*(?:x|ext)", said, maxsplit=1)
    digits = re.sub(r"\D", "", main)
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return digits + ("x" + re.sub(r"\D", "", extension[0]) if extension else "")


def _dates(text: str) -> list[Figure]:
    found = []
    for pattern in _DATES:
        for hit in pattern.finditer(text):
            month = MONTHS.get(hit["month1"]) or int(hit["month1"])
            day = int(hit["day1"])
            if 1 <= month <= 12 and 1 <= day <= 31:
                year = hit["year1"] or ""
                found.append(
                    Figure(Sort.DATE, f"{month:02d}-{day:02d}{'-' + year if year else ''}", "", hit.start(), hit.end())
                )
    return found


def _money(text: str) -> list[Figure]:
    return [_pair(Sort.MONEY, hit, hit["a"] or hit["c"], hit["b"] or hit["d"]) for hit in _MONEY.finditer(text)]


def _pair(sort: Sort, hit: re.Match[str], low: str, high: str | None, unit: str = "") -> Figure:
    ends = [f"{_plain(end)}{unit}" for end in (low, high) if end]
    return Figure(sort, " | ".join(ends), "low | high" if len(ends) == 2 else "", hit.start(), hit.end())


def _percent(text: str) -> list[Figure]:
    return [Figure(Sort.PERCENT, _plain(hit[1]), "", hit.start(), hit.end()) for hit in _PERCENT.finditer(text)]


def _spans(text: str) -> list[Figure]:
    found = []
    for hit in _SPAN.finditer(text):
        unit, times = _UNITS[hit["unit"]]
        unit = "workdays" if (hit["kind"] in ("business", "working") or hit["after"]) and unit == "days" else unit
        ends = [f"{_times(end, times)} {unit}" for end in (hit["low"], hit["high"]) if end]
        found.append(
            Figure(Sort.SPAN, " | ".join(ends), "low | high" if len(ends) == 2 else "", hit.start(), hit.end())
        )
    return found


def _times(number: str, factor: int) -> str:
    return _plain(f"{float(number.replace(',', '')) * factor:.4f}")


def _numbers(text: str) -> list[Figure]:
    return [
        Figure(Sort.NUMBER, _plain(re.sub(r"[a-z]+$", "", hit[0])), "", hit.start(), hit.end())
        for hit in _NUMBER.finditer(text)
    ]


def _ranges(text: str) -> list[Figure]:
    found = []
    for hit in _RANGE.finditer(text):
        if not (_marked(hit, 1) or _marked(hit, 2)):
            continue
        late, early = _minutes(hit, 2, None), _minutes(hit, 1, hit["half2"] or _half_of(hit["part2"]))
        if early is None or late is None:
            continue
        if early > late and not (hit["half1"] or hit["part1"] or hit["word1"]):
            early = _minutes(hit, 1, "a")
        if early is not None:
            value = f"{_shown(early, _sure(hit, 1) or _sure(hit, 2))} | {_shown(late, _sure(hit, 2) or _sure(hit, 1))}"
            start = _opening(text, hit.start())[1]
            found.append(Figure(Sort.TIME, value, "start | end", start, hit.end()))
    return found


def _clocks(text: str) -> list[Figure]:
    found = []
    for hit in _ONE.finditer(text):
        said_at = hit[0].startswith(("las ", "la ")) or "clock" in hit[0]
        if not (_marked(hit, 1) or said_at):
            continue
        minutes = _minutes(hit, 1, None)
        if minutes is not None:
            role, start = _opening(text, hit.start())
            found.append(Figure(Sort.TIME, _shown(minutes, _sure(hit, 1)), role, start, hit.end()))
    return found


def _opening(text: str, at: int) -> tuple[str, int]:
    """(what the time at this place is the time of, where the words that say so begin)."""
    before = text[:at]
    for role, pattern in _roles().items():
        if hit := pattern.search(before):
            return role, hit.start()
    return "at", at


@lru_cache(maxsize=1)
def _roles() -> dict[str, re.Pattern[str]]:
    return {
        role: re.compile(rf"\b(?:{'|'.join(lines)})\s+(?:around\s+)?$") for role, lines in vocabulary().roles.items()
    }


def _marked(hit: re.Match[str], n: int) -> bool:
    return bool(hit[f"half{n}"] or hit[f"part{n}"] or hit[f"word{n}"] or (hit[f"min{n}"] and ":" in hit[0]))


def _half_of(part: str | None) -> str | None:
    return {"manana": "a", "tarde": "p", "noche": "p", None: None}[part]


def _sure(hit: re.Match[str], n: int) -> bool:
    """Whether it is said which half of the day is meant."""
    named = hit[f"half{n}"] or hit[f"part{n}"] or hit[f"word{n}"]
    return bool(named or (hit[f"hour{n}"] and int(hit[f"hour{n}"]) > 12))


def _minutes(hit: re.Match[str], n: int, half: str | None) -> int | None:
    if word := hit[f"word{n}"]:
        return 0 if word.startswith(("midn", "median")) else 720
    hour, minute = int(hit[f"hour{n}"]), int(hit[f"min{n}"] or 0)
    half = hit[f"half{n}"] or _half_of(hit[f"part{n}"]) or half
    if hour > 23 or minute > 59:
        return None
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return hour * 60 + minute


def _shown(minutes: int, sure: bool) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}{'' if sure else '?'}"
