"""What annotated days and hours mean, read apart from the product: `dateutil` and the few shapes of those files."""

import re
from datetime import date, timedelta

from dateutil import parser

DAY_ZERO = date(2019, 3, 1)
"""The day on which the annotated dialogues take place."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEAR = {"today": 0, "later today": 0, "tomorrow": 1, "day after tomorrow": 2}
_WORDS = dict(
    zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)  # noqa: SIM905
)


def day_meant(words: str, today: date = DAY_ZERO) -> date:
    """The calendar day of an annotated expression. Raises ValueError for a shape that is not known."""
    text = words.lower().strip(' ."')
    if text in _NEAR:
        return today + timedelta(days=_NEAR[text])
    if weekday := re.fullmatch(r"(?:(next|this) )?([a-z]+day)(?: (next|this) week)?", text):
        wanted = _WEEKDAYS.index(weekday[2])
        if weekday[3]:
            monday = today - timedelta(days=today.weekday())
            return monday + timedelta(days=wanted + (7 if weekday[3] == "next" else 0))
        return today + timedelta(days=(wanted - today.weekday()) % 7 or 7)
    if numbered := re.fullmatch(r"(?:the )?(\d+)(?:st|nd|rd|th)(?: of this month)?", text):
        return today.replace(day=int(numbered[1]))
    return parser.parse(text, default=parser.parse(today.isoformat())).date()


def hour_meant(words: str) -> str:
    """ "HH:MM" of an annotated expression. Raises ValueError for a shape that is not known."""
    text = re.sub(r"o[\"']+clock ?", "", words.lower().strip(" .")).strip('"')
    part = re.search(r"morning|afternoon|evening", text)
    text = " ".join(re.sub(r"(?:in the )?(?:morning|afternoon|evening)", " ", text).split())
    text = " ".join(str(_WORDS.get(word, word)) for word in text.split())
    shift = 0
    if shifted := re.match(r"(half past|quarter past|quarter to) ", text):
        shift = {"half past": 30, "quarter past": 15, "quarter to": -15}[shifted[1]]
        text = text[shifted.end() :]
    marked = re.search(r"[ap]m$", text)
    clock = parser.parse(text if re.search(r"\D", text) else f"{text}:00")
    minutes = clock.hour * 60 + clock.minute
    if not marked and part and part[0] != "morning" and clock.hour < 12:
        minutes += 12 * 60
    minutes += shift
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
