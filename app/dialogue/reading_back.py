"""Shows a slot's normal form the way people write it."""

import re
from typing import Any

from app.dialogue.action import SlotSpec
from app.dialogue.slots import NO_INSURANCE, SELF_REFERRED
from app.dialogue.wording import Wording


def read_back(value: Any, wording: Wording) -> str:
    """Phones with hyphens, times as said with what was understood, everything else as it is."""
    if isinstance(value, list):
        return _windows(value, wording)
    text = str(value)
    if us := re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", text):
        return "-".join(us.groups())
    if text == NO_INSURANCE:
        return wording.say("values.no_insurance")
    if text == SELF_REFERRED:
        return wording.say("values.self_referred")
    return wording.say(f"values.{text}") if text in ("yes", "no") else text


def shown(spec: SlotSpec, value: Any, wording: Wording) -> str:
    """The value of this slot the way people write it; a choice in the words that they chose from."""
    if value in spec.choices:
        return spec.options(wording.language)[spec.choices.index(value)]
    return read_back(value, wording)


def understood(windows: list[dict[str, Any]], wording: Wording) -> str:
    """Times as they were understood, "" where nothing was."""
    return "; ".join(text for window in windows if (text := _window(window, wording)))


def _windows(windows: list[dict[str, Any]], wording: Wording) -> str:
    said, read = str(windows[0]["said"]) if windows else "", understood(windows, wording)
    return f"{said} ({read})" if read else said


def _window(window: dict[str, Any], wording: Wording) -> str:
    days = _days(window["days"], wording)
    since, start = _ends(window["from"])
    until, end = _ends(window["to"])
    key = (
        "at" if start and start == end else "between" if start and end else "from" if start else "until" if end else ""
    )
    shown = {"from": _clock(start, wording), "to": _clock(end, wording)}
    hours = wording.say(f"values.{key}", **shown) if key else ""
    first = wording.say("values.since", day=since) if since else ""
    last = wording.say("values.until_day", day=until) if until else ""
    return " ".join(part for part in (days, first, last, hours) if part)


def _ends(end: str | None) -> tuple[str, str]:
    """The day and the hour of one end of a window."""
    day, _, hour = (end or "").rpartition("T")
    return (hour, "") if re.fullmatch(r"\d{4}-\d\d-\d\d", hour) else (day, hour)


def _days(days: list[str], wording: Wording) -> str:
    """Three or more days in a row as a span; otherwise each by its name."""
    names = wording.at("values.days")
    week = list(names)
    first = week.index(days[0]) if days and days[0] in week else 0
    if len(days) > 2 and days == week[first : first + len(days)]:
        return wording.say("values.days_in_a_row", first=names[days[0]], last=names[days[-1]])
    return ", ".join(str(names.get(day, day)) for day in days)


def _clock(time: str | None, wording: Wording) -> str:
    """ "17:30" as people say it: "5:30 PM"."""
    if not time:
        return ""
    hour, minute = time.split(":")
    if time == "12:00":
        return wording.say("values.noon")
    shown = f"{int(hour) % 12 or 12}" + (f":{minute}" if minute != "00" else "")
    return wording.say("values.am" if int(hour) < 12 else "values.pm", hour=shown)
