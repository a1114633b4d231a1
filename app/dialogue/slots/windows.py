"""When a patient can come: windows of days and hours, with the patient's words kept beside what was understood."""

import re
from datetime import date
from typing import Any

from app.dialogue.slots.dates import DAYS, find_date, weekdays_in
from app.dialogue.slots.fold import fold
from app.dialogue.slots.hours import Span, span_of
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
_PIECES = re.compile(r"\s*(?:[,;/&]|\band\b|\bor\b|\by\b|\bo\b(?!['\"]? ?clock)|\.\s)\s*(?!(?:quarter|media)\b)")
_RANGED = re.compile(r"(\bbetween\b[^,;]*?)\band\b|(\bentre\b[^,;]*?)\by\b")


def preferred_times(said: str, context: ParseContext) -> Parsed | Rejected:
    """A list of {"said", "from", "to", "days"}: from/to "HH:MM" or None for open, days "mon".."sun" or ISO dates
    (empty: any day). Words without a readable time are kept in one open window."""
    if not re.search(r"\w", said):
        return Rejected("times_missing")
    windows: list[dict[str, Any]] = []
    excluded: list[str] = []
    for piece in _pieces(fold(said)):
        days, span, negated = _read(piece, context.today)
        if negated:
            excluded += days
        else:
            _add(windows, days, span)
    windows = [window for window in windows if window["days"] or window["from"] or window["to"]]
    windows = windows or [{"from": None, "to": None, "days": []}]
    if excluded:
        for window in windows:
            window["days"] = [day for day in window["days"] or _WEEKDAYS if day not in excluded]
    return Parsed([{"said": said, "from": w["from"], "to": w["to"], "days": w["days"]} for w in windows])


def _pieces(text: str) -> list[str]:
    text = re.sub(r"\b((?:morning|afternoon|evening)s?), (?=\d)", r"\1 ", text)
    text = _RANGED.sub(lambda hit: (hit[1] or hit[2]) + "-", text)
    return [piece for piece in _PIECES.split(text) if piece]


def _read(piece: str, today: date) -> tuple[list[str], Span | None, bool]:
    negation = _EXCEPT.search(piece)
    found = find_date(piece, today)
    days = [found[2].isoformat()] if found else []
    for pattern, group in _GROUPS:
        if not days and pattern.search(piece):
            days = list(group)
    named = days or _through(piece) or weekdays_in(piece)
    if negation and piece[: negation.start()].strip() and len(named) > 1:
        named = [day for day in named if day not in weekdays_in(piece[negation.end() :])]
        negation = None
    rest = piece[: found[0]] + " " + piece[found[1] :] if found else piece
    return named, span_of(rest), bool(negation and (named or not span_of(rest)))


def _through(piece: str) -> list[str]:
    for hit in _THROUGH.finditer(piece):
        first, last = weekdays_in(hit[1]), weekdays_in(hit[2])
        if first and last and DAYS.index(first[0]) < DAYS.index(last[0]):
            return list(DAYS[DAYS.index(first[0]) : DAYS.index(last[0]) + 1])
    return []


def _add(windows: list[dict[str, Any]], days: list[str], span: Span | None) -> None:
    """Joins "Tuesday", "Thursday afternoons" into one window; a second time for the same days is a second window."""
    last = windows[-1] if windows else None
    timed = last is not None and (last["from"] or last["to"])
    if last is not None and timed and days and not span and not last["days"]:
        last["days"] = list(days)
        return
    if last is None or (days and timed) or (span and timed):
        share = last["days"] if last and not days else days
        windows.append({"from": span[0] if span else None, "to": span[1] if span else None, "days": list(share)})
        return
    last["days"] = last["days"] + [day for day in days if day not in last["days"]]
    if span:
        last["from"], last["to"] = span
