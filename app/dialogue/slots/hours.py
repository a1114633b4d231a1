"""Times of day said in words: "before 10", "half past 2 in the afternoon", "9-11 am", "mornings" become spans."""

import re

_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "one una",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
            "ten diez",
            "eleven once",
            "twelve doce",
        ),
        1,
    )
    for word in words.split()
}
_HOUR = "(?:" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r"|\d{1,2})"
_CLOCK = (
    r"(?P<quarter{n}>half past |quarter past |quarter to |(?:a )?quarter after )?"
    r"(?P<hour{n}>" + _HOUR + r")(?:[:.h](?P<minute{n}>\d\d))?(?:\s*o[\"']?clock)?(?P<half{n}> y media)?\s*"
    r"(?P<half_day{n}>[ap]\.?m\b\.?)?"
)


def _clock(n: int) -> str:
    return _CLOCK.replace("{n}", str(n))


_RANGE = re.compile(
    r"\b(?:between|from|entre|de|desde)?\s*(?:las? )?"
    + _clock(1)
    + r"\s*(?:-|to|and|until|till|y|a|hasta)\s*(?:las? )?"
    + _clock(2)
    + r"(?![\d/])"
)
_AFTER = re.compile(
    r"\b(?<!quarter )(?<!half )(?:after|from|past|later than|starting(?: at)?|no earlier than|"
    r"not before|despues del?|a partir del?|desde)\s+(?:las? )?"
    + _clock(1)
    + r"(?![\d/]|\s*(?:weeks?|days?|months?|years?|surgery))"
)
_BEFORE = re.compile(
    r"\b(?:before|by|until|till|no later than|not after|earlier than|antes del?|hasta)\s+(?:las? )?"
    + _clock(1)
    + r"(?![\d/]|\s*(?:weeks?|days?|months?|years?|surgery))"
)
_AT = re.compile(
    r"\b(?:at|around|about|a|alrededor de|morning|afternoon|evening)?,?\s*(?:las? )?"
    + _clock(1)
    + r"(?![\d/]|\s*(?:weeks?|days?|months?|years?|times?|st|nd|rd|th)\b)"
)
_PARTS: tuple[tuple[str, str | None, str | None], ...] = (
    (r"\b(?:early|first thing)(?: in the)? morning", None, "10:00"),
    (r"\blate(?: in the)? mornings?", "10:00", "12:00"),
    (r"\bmornings?\b|\bmornin\b|(?<!i )\bam\b|\bpor las? mananas?\b|\ben las? mananas?\b|\bmananas\b", None, "12:00"),
    (r"\b(?:before|by|until) lunch\w*\b|\bantes del? (?:almuerzo|12 pm)\b", None, "12:00"),
    (r"\bafter lunch\w*\b|\bdespues del? (?:almuerzo|12 pm)\b", "12:00", None),
    (r"\b(?:over |at |during )?lunch(?: ?(?:time|hour|break))?\b|\balmuerzo\b", "12:00", "13:00"),
    (r"\blate(?: in the)? afternoons?", "15:00", "18:00"),
    (r"\bafternoons?\b|\bafternoon\b|\bpm\b", "12:00", "17:00"),
    (r"\bpor las? tardes?\b|\ben las? tardes?\b|\btardes?\b", "12:00", "19:00"),
    (r"\bevenings?\b|\bnights?\b|\bafter work\b|\bafter hours\b|\bnoches?\b|\bdespues del? trabajo\b", "17:00", None),
    (r"\bafter school\b|\bdespues de la escuela\b", "15:00", None),
    (r"\bbefore work\b|\bantes del? trabajo\b", None, "09:00"),
)
_NEVER = (
    r"\b(?:not|nothing|never|can'?t (?:do|come|make it)|cannot (?:do|come)|nada|no(?: puedo)?)"
    r"(?: (?:available|anything|any time|at all))?"
)
_NOT_BEFORE = re.compile(_NEVER + r" (?:before|earlier than|until|antes de)\s+")
_NOT_AFTER = re.compile(_NEVER + r" (?:after|later than|past|despues de)\s+")
Span = tuple[str | None, str | None]
_QUARTERS = {"fifteen": "15", "quince": "15", "y cuarto": "15", "thirty": "30", "treinta": "30", "y treinta": "30"}
_QUARTERS |= {"forty five": "45", "forty-five": "45", "cuarenta y cinco": "45"}
_IN_WORDS = re.compile(
    rf"\b({_HOUR})[ -]({'|'.join(sorted(_QUARTERS, key=len, reverse=True))})\b"
    r"(?! (?:weeks?|days?|months?|years?|minutes?))"
)
_SAID_TIME = rf"(?P<time>(?:noon|midday|{_HOUR})(?::\d\d)?(?:\s*[ap]\.?m\b\.?)?)"
_REWRITTEN = (
    (
        re.compile(
            r"(?<=\bat )(?P<h>1[0-2]|[1-9])(?P<m>[0-5]\d)\b(?!\d)(?! (?:street|avenue|main))|"
            r"(?<![\d:/.$-])\b(?P<h2>1[0-2]|[1-9])(?P<m2>00|15|30|45)(?=\s*(?:[ap]\.?m\b|(?:or|and|o) (?:later|"
            r"after|earlier|before|"
            r"mas tarde)|on ?wards?|ish\b|$|[,;.]\s|\s(?:to|-|till|until)\s))"
        ),
        lambda hit: f"{hit['h'] or hit['h2']}:{hit['m'] or hit['m2']}",
    ),
    (re.compile(r"\b(\d{1,2}(?::\d\d)?)[ -]?ish\b"), r"around \1"),
    (
        re.compile(
            rf"\b(?:work|teach|class|school|busy|shift|trabajo|clases?)\b[a-z ]{{0,12}}\b(?:until|till|to|ends? at|"
            rf"hasta las?) {_SAID_TIME}|"
            rf"\b(?:get off|off|done|out|free|salgo)(?: of| from| del?)?(?: work| school| class| trabajo)? "
            rf"(?:at|a las?) {_SAID_TIME.replace('time', 'time_')}"
        ),
        None,
    ),
    (
        re.compile(
            rf"\b{_SAID_TIME} (?:(?:or|and|o) (?:later|after|beyond|mas tarde|despues)|on ?wards?|en adelante)\b"
        ),
        r"after \g<time>",
    ),
    (re.compile(rf"\b{_SAID_TIME} (?:or|and|o) (?:earlier|before|sooner|antes|mas temprano)\b"), r"before \g<time>"),
)
_NOON = re.compile(r"\b(?:noon|midday|mediodia)\b")


def plain_hours(text: str) -> str:
    """Folded text with "5ish", "2 pm or later" and "I work until 4" as "around", "after" and "before" a time."""
    for pattern, instead in _REWRITTEN:
        text = pattern.sub(instead or (lambda hit: f"after {hit['time'] or hit['time_']}"), text)
    return text


def span_of(text: str) -> Span | None:
    """From and to as "HH:MM" (None: open) of the first time in folded `text`; equal for one exact time."""
    text = _NOON.sub("12 pm", _IN_WORDS.sub(lambda hit: f"{_NUMBERS.get(hit[1], hit[1])}:{_QUARTERS[hit[2]]}", text))
    text = plain_hours(text)
    _, so, rest = text.partition(" so ")
    text = rest if so and re.search(r"\d", rest) else text
    text = _NOT_AFTER.sub("before ", _NOT_BEFORE.sub("after ", text))
    late = bool(re.search(r"\b(?:afternoons?|evenings?|nights?|tardes?|noches?)\b", text))
    early = bool(re.search(r"\b(?:mornings?|mananas?)\b", text))
    if hit := _RANGE.search(text):
        second = _time(hit, 2, late=late, early=early)
        first = _time(hit, 1, late=late or _is_pm(hit, 2), early=early or _is_am(hit, 2))
        if first and second:
            return (_minus_12(first), second) if first > second else (first, second)
    for pattern, place in ((_BEFORE, 1), (_AFTER, 0)):
        hit = pattern.search(text)
        time = _time(hit, 1, late=late, early=early) if hit else None
        if time:
            return (None, time) if place else (time, None)
    hits = sorted(_AT.finditer(text), key=lambda hit: not _is_marked(hit))
    for hit in hits:
        marked = _is_marked(hit) or late or early
        time = _time(hit, 1, late=late, early=early)
        if time and (marked or re.match(r"(?:at|around|about|a las?)\b", hit[0].strip())):
            return time, time
    for words, start, end in _PARTS:
        if re.search(words, text):
            return start, end
    return None


def _is_marked(hit: re.Match[str]) -> bool:
    return bool(hit["half_day1"] or hit["minute1"] or hit["quarter1"] or hit["half1"])


def _is_pm(hit: re.Match[str], n: int) -> bool:
    return (hit[f"half_day{n}"] or "").startswith("p")


def _is_am(hit: re.Match[str], n: int) -> bool:
    return (hit[f"half_day{n}"] or "").startswith("a")


def _minus_12(time: str) -> str:
    hour = int(time[:2]) - 12
    return f"{hour:02d}{time[2:]}" if hour >= 0 else time


def _time(hit: re.Match[str], n: int, *, late: bool, early: bool) -> str | None:
    word = hit[f"hour{n}"]
    hour = _NUMBERS.get(word) or int(word)
    minute = int(hit[f"minute{n}"] or (30 if hit[f"half{n}"] else 0))
    quarter = hit[f"quarter{n}"] or ""
    minute = 30 if quarter.startswith("half") else 15 if "past" in quarter or "after" in quarter else minute
    if hour > 23 or minute > 59:
        return None
    if _is_pm(hit, n) or (late and not _is_am(hit, n)) or (not _is_am(hit, n) and not early and 1 <= hour <= 6):
        hour += 12 if hour < 12 else 0
    elif _is_am(hit, n) and hour == 12:
        hour = 0
    total = hour * 60 + minute - (15 if quarter.startswith("quarter to") else 0)
    return f"{total // 60:02d}:{total % 60:02d}"
