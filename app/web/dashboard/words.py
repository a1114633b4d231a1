"""How the dashboard says times, states, phone numbers and sizes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
NOTICE_WORDS = {
    "pending": "Waiting to be sent",
    "delivered": "Sent",
    "written": "Saved to a file",
    "held": "On hold",
    "dead": "Could not be sent",
    "suppressed": "Not sent: this address was taken out",
}
KIND_WORDS = {
    "complete": "New request",
    "incomplete": "Unfinished request",
    "urgent": "Urgent",
    "completed": "Now complete",
    "update": "Changed since",
    "repeat": "Sent again",
}
OUTCOME_WORDS = {
    "urgent": "Urgent",
    "not_a_patient": "Not a patient",
    "needs_human": "Needs a person",
    "out_of_area": "Out of area",
    "out_of_network": "Out of network",
    "needs_referral": "Needs a referral",
    "ready": "Ready",
}
PAPER_WORDS = {"queued": "Waiting", "reading": "Being read", "ready": "In use", "failed": "Could not be read"}


PURPOSE_WORDS = {
    "understand": "To understand a message",
    "answer": "To word an answer",
    "exam": "A practice message, of no patient",
    "trial": "A trial with made-up words",
}
ROLE_WORDS = {
    "system": "The desk’s instructions",
    "user": "What the model was given",
    "assistant": "What was said before",
}


def number(value: int) -> str:
    """`12,345`."""
    return f"{value:,}"


def dollars(value: float) -> str:
    """`about $4.20`; small change as such."""
    return "less than 1 cent" if 0 < value < 0.01 else f"about ${value:,.2f}"


def zone(name: str) -> tzinfo:
    """The clinic's time zone."""
    return ZoneInfo(name)


def moment(at: datetime, where: tzinfo, now: datetime) -> str:
    """`Today, 2:15 PM`, `Tue, May 4, 2:15 PM`, with the year when it is another one. In the clinic's zone."""
    local, today = at.astimezone(where), now.astimezone(where)
    clock = _clock(local)
    if local.date() == today.date():
        return f"Today, {clock}"
    year = "" if local.year == today.year else f", {local.year}"
    return f"{local:%a}, {local:%b} {local.day}{year}, {clock}"


def size(size_bytes: int) -> str:
    """`12 KB`, `3.4 MB`."""
    if size_bytes < 1024 * 1024:
        return f"{max(1, round(size_bytes / 1024))} KB"
    return f"{size_bytes / 1024 / 1024:.1f} MB"


def long_day(value: date) -> str:
    """`December 1, 2026`."""
    return f"{value:%B} {value.day}, {value.year}"


def phone(value: str) -> str:
    """A normal-form number as people of its country write it; anything else unchanged."""
    if not value.startswith("+"):
        return value
    import phonenumbers  # its tables take 50 ms to load: only when a number is shown

    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL)


def windows(value: Sequence[Any]) -> list[str]:
    """Time windows as the desk understood them: `Tue, 8:00 AM to 12:00 PM`; in the patient's words where nothing more
    was understood."""
    return [_window(one) if isinstance(one, Mapping) else str(one) for one in value]


def _window(one: Mapping[str, Any]) -> str:
    days = ", ".join(_day(str(day)) for day in one.get("days") or [])
    since, start = _end(one.get("from"))
    until, end = _end(one.get("to"))
    hours = f"{start} to {end}" if start and end else f"from {start}" if start else f"until {end}" if end else ""
    first, last = f"from {since} on" if since else "", f"until {until}" if until else ""
    return ", ".join(part for part in (days, first, last, hours) if part) or str(one.get("said") or "")


def _end(at: Any) -> tuple[str, str]:
    """The day and the hour of one end: either may be missing."""
    day, _, hour = str(at or "").rpartition("T")
    if not day and "-" in hour:
        day, hour = hour, ""
    return (_day(day) if day else ""), _hour(hour)


def _day(day: str) -> str:
    try:
        exact = date.fromisoformat(day)
    except ValueError:
        return DAYS.get(day.lower(), day)
    return f"{exact:%a}, {exact:%b} {exact.day}"


def _hour(at: Any) -> str:
    try:
        return _clock(time.fromisoformat(at)) if at else ""
    except (TypeError, ValueError):
        return str(at)


def _clock(at: time | datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02} {'AM' if at.hour < 12 else 'PM'}"


STATUS_WORDS = {
    "in_network": "In network",
    "out_of_network": "Out of network",
    "not_accepted": "Not accepted",
    "secondary_only": "Only as second insurance",
    "conditional": "Under conditions",
}
FIELD_WORDS = {
    "payer": "Payer",
    "plan": "Plan",
    "all_plans": "All plans",
    "except_plans": "Except",
    "general": "About all payers",
    "location": "Location",
    "status": "Status",
    "referral": "Referral",
    "prior_authorization": "Prior authorization",
    "visit_limit": "Visit limit",
    "note": "Note",
    "effective_from": "From",
    "effective_to": "Until",
}


def status_mark(status: str) -> str:
    """The colour of a status mark; the words say the same."""
    return {"in_network": "good", "out_of_network": "bad", "not_accepted": "bad"}.get(status, "")


def payer_value(name: str, value: Any) -> str:
    """One fact of a payer row for people; `not given` for none."""
    if name == "status":
        return STATUS_WORDS.get(str(value), str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        value = ", ".join(map(str, value))
    if isinstance(value, date):
        value = f"{value:%b} {value.day}, {value.year}"
    return str(value) if value not in (None, "") else "not given"


def payer_details(facts: Any) -> list[tuple[str, str]]:
    """(label, words) of what a row says beside payer, plan and status."""
    names = [name for name in FIELD_WORDS if name not in ("payer", "plan", "status", "all_plans", "general")]
    return [(FIELD_WORDS[name], payer_value(name, value)) for name in names if (value := getattr(facts, name))]
