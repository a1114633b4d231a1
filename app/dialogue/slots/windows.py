"""When a patient can come: windows of days and hours, with the patient's words kept beside what was understood."""

import re
from datetime import date, timedelta
from typing import Any

from app.dialogue.slots.busy import without_busy
from app.dialogue.slots.calendar_spans import Week, after_surgery, dated, week_meant
from app.dialogue.slots.dates import DAY, DAYS, MONTH, weekdays_in
from app.dialogue.slots.fold import fold
from app.dialogue.slots.hours import Span, plain_hours, span_of
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

_WEEKDAYS = list(DAYS[:5])
_GROUPS = (
    (
        re.compile(
            r"\bweekdays?\b|\bmonday (?:to|through|thru) friday\b|\bm-f\b|\bmon ?- ?fri\b|"
            r"\bentre semana\b|\bde lunes a viernes\b|\bdias de semana\b"
        ),
        _WEEKDAYS,
    ),
    (re.compile(r"\bweekends?\b|\bfin(?:es)? de semana\b"), list(DAYS[5:])),
    (re.compile(r"\b(?:any|every) ?day\b|\ball week\b|\bcualquier dia\b|\btodos los dias\b"), list(DAYS)),
)
_THROUGH = re.compile(r"\b(\w+)\s*(?:-|to|through|thru|a)\s*(\w+)\b")
_EXCEPT = re.compile(
    r"\b(?:not|no|except|but not|but(?= (?:on )?\w*days?\b)|excluding|other than|never|can't do|cant do|cannot do|"
    r"menos|excepto|salvo|nunca|no puedo)\b(?! (?:before|after|earlier|later|preference|preferencia))"
)
_PIECES = re.compile(
    r"\s*(?:[,;&]|(?<!\d)/|/(?!\d)|\band\b|\bor\b|\by\b|\bo\b(?!['\"]? ?clock)|\.\s|"
    r"\b(?:but|pero)\b(?= (?:i|we|he|she|also|tambien) (?!can'?t|cannot|do)))"
    r"(?!\s*(?:quarter|media|cuarto|treinta|quince)\b)\s*|"
    r"\s+(?=(?:but not|except|excluding|other than|menos|excepto|salvo|pero no)\b(?! (?:before|after)))"
)
_NOT_THEN = re.compile(
    r"\b(?:do not|don'?t|does not|doesn'?t|can'?t|can ?not|won'?t|not|never|except|nunca|excepto|"
    r"no(?=[a-z' ]* (?:antes|despues)\b))"
    r"(?: (?!(?:mind|care|importa|before|after|antes|despues|and|or|but)\b)"
    r"(?!\w*days?\b|weekends?\b|(?:lun|mart|juev|viern)es\b)[a-z']+){0,5}?"
    r" (?P<when>before|until|till|after|past|antes|despues)(?= )"
)
_AND_SO = {"until": "not before", "till": "not before", "past": "not after", "antes": "a partir", "despues": "antes"}
_ONE_DAY = re.sub(r"\?P<\w+>", "?:", DAY)
_NOR = re.compile(
    rf"(?P<none>\b(?:no|not|except|never|can'?t do|menos|excepto|no puedo)\s+(?:on\s+|los\s+|el\s+)?{_ONE_DAY})"
    rf"\s+(?:or|nor|and|ni|o|y)\s+(?:on\s+|los\s+|el\s+)?(?={_ONE_DAY})"
)
_RANGED = re.compile(r"(\bbetween\b[^,;]*?)\band\b|(\bentre\b[^,;]*?)\by\b")


_LISTED = re.compile(
    rf"\b(?P<named>{MONTH}\s+)(?P<first>\d{{1,2}}(?:st|nd|rd|th)?\s*(?:or|and|,|/|&)\s*)(?=\d{{1,2}}(?:st|nd|rd|"
    rf"th)?\b(?!\s*(?:am|pm|:|-|to\b|/)))"
)
_LISTED_ES = re.compile(
    rf"\b(?P<first>\d{{1,2}})(?P<sep>\s*(?:o|y|,)\s*)(?:el\s+)?(?=\d{{1,2}}\s+de\s+(?P<named>{MONTH}))"
)
_LETTERS = {
    "m": "mon",
    "t": "tue",
    "tu": "tue",
    "w": "wed",
    "th": "thu",
    "r": "thu",
    "f": "fri",
    "sa": "sat",
    "su": "sun",
}
_LETTER_DAYS = re.compile(r"\b(?:(?:m|tu?|w|th|r|f|sa|su)(?:/(?:m|tu?|w|th|r|f|sa|su))+|mwf|mw|tth|tuth)\b(?!')")
_NO_PART = re.compile(
    r"\b(?:no|not|never|except|can'?t do|cannot do|nunca|menos|no puedo)\s+(?:in\s+|on\s+|early\s+|por\s+|en\s+)?"
    r"(?:the\s+|las?\s+)?"
    r"(?:(?P<early>mornings?|mananas?)|(?P<late>afternoons?|tardes?)|(?P<last>evenings?|nights?|noches?))\b"
)
_OWN_HOURS = re.compile(r"\s*(?:after|before|between|from|until|despues|antes|entre)\b")
"""Hours that come before their days belong to these alone: "weekends, or after 6 on weekdays"."""
_AT_ANY = re.compile(
    r"\b(?:any ?(?:time|day|hour)|all day|whenever|cualquier (?:hora|dia|momento)|todo el dia|cuando sea)\b"
)
Window = dict[str, Any]


_OUT = re.compile(
    rf"(?:\b(?:los|el) )?(?P<days>{_ONE_DAY}(?:(?:,? (?:and|or|y|o) |, )(?:los |el )?{_ONE_DAY})*)\s+(?:"
    r"(?:is|are|'s) (?:out|no good|bad|off|impossible|not (?:good|possible|great))\b|"
    r"(?:don'?t|doesn'?t|won'?t|do not|does not|will not) work\b(?: for (?:me|us))?|"
    r"(?:i|we) (?:can'?t|cannot|can not)\b|no (?:puedo|podemos|me (?:sirven?|quedan?|convienen?))\b)"
)
"""Days that are named first and then ruled out."""


def preferred_times(said: str, context: ParseContext) -> Parsed | Rejected:
    """A list of {"said", "from", "to", "days"}: from/to "HH:MM" or None for open, days "mon".."sun" or ISO dates
    (empty: any day). A stretch of days that is open at one end has its day before the hour, or alone: "2026-03-13",
    "2026-03-13T15:00". Words without a readable time are kept in one open window."""
    if not re.search(r"\w", said):
        return Rejected("times_missing")
    windows: list[Window] = []
    excluded: list[str] = []
    shut: list[Span] = []
    said_free = without_busy(fold(said))
    text = _OUT.sub(r"not \g<days>", _turned(said_free))
    text = after_surgery(text, context.today)
    week = week_meant(text, context.today)
    if week:
        text = text[: week.start] + " " + text[week.end :]
    for piece in _pieces(_spelled_out(text)):
        excluded += _take(piece, windows, shut, context.today)
    _shut_out(windows, shut)
    windows = [w for w in windows if any(w[key] for key in ("days", "from", "to", "since", "until"))]
    windows = [one for place, one in enumerate(windows) if one not in windows[:place]] or [_window([], None)]
    _dated_alike(windows, text)
    for window in windows:
        if excluded:
            window["days"] = [day for day in window["days"] or _WEEKDAYS if day not in excluded]
        if week and week.since:
            window["since"] = week.monday.isoformat()
        elif week:
            window["days"] = _in_week(window["days"], week, context.today)
    return Parsed([_shown(window, said) for window in windows])


def _turned(text: str) -> str:
    """ "Don't call me before noon" as "not before noon", "I don't get off until 5" as "not before 5"."""
    return _NOT_THEN.sub(lambda hit: _AND_SO.get(hit["when"], f"not {hit['when']}"), text)


def renewed(old: list[Window], new: list[Window]) -> list[Window]:
    """What each new window leaves open is taken from the old ones, where these agree: the hours when only days were
    told, the days when only hours were. "Any time" leaves them open on purpose."""
    told = fold(str(new[0]["said"])) if new else ""
    return new if _AT_ANY.search(told) else [_completed(window, old) for window in new]


def _completed(window: Window, old: list[Window]) -> Window:
    hours, days = {_hours(one) for one in old}, {str(_days(one)) for one in old}
    if _days(window) and not _hours(window) and len(hours) == 1:
        return _composed(window, window, next(iter(hours)))
    if _hours(window) and not _days(window) and len(days) == 1:
        return _composed(window, old[0], _hours(window))
    return window


def _hours(window: Window) -> Span | None:
    """The hours of a window in the form of the contract, without its days; None when it has none."""
    start, end = (re.sub(r"^\d{4}-\d\d-\d\dT?", "", window[key] or "") or None for key in ("from", "to"))
    return (start, end) if start or end else None


def _days(window: Window) -> list[Any] | None:
    """The days of such a window and the first and the last day of an open stretch; None when it has none."""
    ends = [(re.match(r"\d{4}-\d\d-\d\d", window[key] or "") or [None])[0] for key in ("from", "to")]
    return [list(window["days"]), *ends] if window["days"] or any(ends) else None


def _composed(said: Window, days: Window, hours: Span | None) -> Window:
    """The words of one window with the days of another and these hours."""
    _, since, until = _days(days) or [[], None, None]
    return _shown(_window(days["days"], hours, since, until), said["said"])


def _window(days: list[str], span: Span | None, since: str | None = None, until: str | None = None) -> Window:
    start, end = span or (None, None)
    return {"days": list(days), "from": start, "to": end, "since": since, "until": until}


def _shown(window: Window, said: str) -> Window:
    """The form of the contract."""
    ends = {
        key: "T".join(part for part in (window[day], window[key]) if part) or None
        for key, day in (("from", "since"), ("to", "until"))
    }
    return {"said": said, **ends, "days": window["days"]}


def _in_week(days: list[str], week: Week, today: date) -> list[str]:
    names = [day for day in days or week.names if day in DAYS]
    return [*(day for day in days if day not in DAYS), *(week.days(names, today) if names else [])]


def _dated_alike(windows: list[Window], text: str) -> None:
    """ "Tomorrow or Friday" means the Friday that follows; "the 9th or any Friday" does not."""
    if re.search(
        r"\b(?:any|every|cada|\w+days|los)\b", re.sub(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", " ", text)
    ):
        return
    for window in windows:
        known = [date.fromisoformat(day) for day in window["days"] if day not in DAYS]
        if known:
            window["days"] = [_following(day, max(known)) if day in DAYS else day for day in window["days"]]


def _following(name: str, day: date) -> str:
    return (day + timedelta(days=(DAYS.index(name) - day.weekday()) % 7 or 7)).isoformat()


def _spelled_out(text: str) -> str:
    """Day letters as names, and the month before each number of a list."""
    text = plain_hours(text)
    text = _NOR.sub(lambda hit: f"{hit['none']} ", text)
    text = _LETTER_DAYS.sub(lambda hit: " ".join(_LETTERS[day] for day in _letters(hit[0])), text)
    text = _LISTED.sub(lambda hit: f"{hit['named']}{hit['first']}{hit['named']}", text)
    text = _LISTED_ES.sub(lambda hit: f"{hit['first']} de {hit['named']}{hit['sep']}", text)
    return re.sub(r"\b((?:morning|afternoon|evening)s?), (?=\d)", r"\1 ", text)


def _letters(days: str) -> list[str]:
    return days.split("/") if "/" in days else re.findall(r"tu|th|sa|su|[mtwrf]", days.replace("tth", "tuth"))


def _pieces(text: str) -> list[str]:
    text = _RANGED.sub(lambda hit: (hit[1] or hit[2]) + "-", text)
    return [piece for piece in _PIECES.split(text) if piece]


def _shut_out(windows: list[Window], shut: list[Span]) -> None:
    """What a part of the day leaves open, where no other hours are told: "I can't do mornings, Tuesdays"."""
    if shut and not any(one["from"] or one["to"] for one in windows):
        for window in windows or [_window([], None)]:
            window["from"], window["to"] = shut[-1]
            if not windows:
                windows.append(window)


def _take(piece: str, windows: list[Window], shut: list[Span], today: date) -> list[str]:
    """Adds what a piece wishes; gives the weekdays that it rules out. `shut` gets the hours that a part of the day
    that is ruled out leaves open."""
    found = dated(piece, today)
    rest = piece[: found.start] + " " + piece[found.end :] if found else piece
    negation = _EXCEPT.search(rest)
    if hit := _NO_PART.search(rest):
        span: Span = ("12:00", None) if hit["early"] else (None, "12:00") if hit["late"] else (None, "17:00")
        if days := _named(found.days if found else [], rest):
            _add(windows, _window(days, span))
        else:
            shut.append(span)
        return []
    named = _named(found.days if found else [], rest)
    if negation and rest[: negation.start()].strip() and len(named) > 1:
        named = [day for day in named if day not in weekdays_in(rest[negation.end() :])]
        negation = None
    span_told = span_of(rest)
    if negation and (named or not span_told):
        return named
    if found and span_told and span_told[0] == span_told[1]:  # "by Monday at 2:30" is Monday at 2:30
        named = [day for day in (found.since, found.until) if day] or named
        found = None
    if named and span_told and windows and _OWN_HOURS.match(rest):
        windows.append(_window(named, span_told))
        return []
    _add(windows, _window(named, span_told, found.since if found else None, found.until if found else None))
    return []


def _named(days: list[str], rest: str) -> list[str]:
    group = next((list(group) for pattern, group in _GROUPS if pattern.search(rest)), [])
    return days or group or _through(rest) or weekdays_in(rest)


def _through(piece: str) -> list[str]:
    for hit in _THROUGH.finditer(piece):
        first, last = weekdays_in(hit[1]), weekdays_in(hit[2])
        if first and last and DAYS.index(first[0]) < DAYS.index(last[0]):
            return list(DAYS[DAYS.index(first[0]) : DAYS.index(last[0]) + 1])
    return []


def _add(windows: list[Window], new: Window) -> None:
    """Joins "Tuesday", "Thursday afternoons" into one window; a second time for the same days is a second window."""
    last = windows[-1] if windows else None
    if last is not None and _narrows(last, new):
        last |= {"from": new["from"] or last["from"], "to": new["to"] or (None if new["from"] else last["to"])}
        return
    if last is None or _stands_apart(last, new):
        bounded = new["since"] or new["until"]
        windows.append({**new, "days": list(last["days"] if last and not new["days"] and not bounded else new["days"])})
        windows[-1]["hours_first"] = not windows[-1]["days"]
        return
    last["days"] = last["days"] + [day for day in new["days"] if day not in last["days"]]
    last |= {key: new[key] for key in ("since", "until") if new[key]}
    if new["from"] or new["to"]:
        last["from"], last["to"] = new["from"], new["to"]


_PARTS_OF_DAY = (("12:00", "17:00"), ("12:00", "19:00"), ("17:00", None))


def _narrows(last: Window, new: Window) -> bool:
    """Whether hours without a day of their own lie in the part of the day before them: "in the afternoon, after 4"."""
    if new["days"] or new["since"] or new["until"] or (last["from"], last["to"]) not in _PARTS_OF_DAY:
        return False
    start, end = new["from"], new["to"]
    inside = start is not None and start != end and last["from"] < start and (last["to"] is None or start < last["to"])
    return bool(inside and (end is None or last["to"] is None or end <= last["to"]))


def _stands_apart(last: Window, new: Window) -> bool:
    """Whether what a piece says is a wish of its own, and does not complete the one before it."""
    timed, span = last["from"] or last["to"], new["from"] or new["to"]
    if last.get("hours_first") and not span and not (new["since"] or new["until"]):
        return False  # "mornings, Mondays or Tuesdays": the hours are those of every day that follows
    if new["since"] or new["until"]:
        return bool(last["since"] or last["until"] or new["days"] or (timed and span))
    return bool(timed and (span or (new["days"] and last["days"])))
