"""Whether a reply is what was asked for, although its form fits another field too: "85716" after "your ZIP code?" is no
member ID, and "October 28" after "when did it happen?" is no wish for a visit."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from app.dialogue.action import SlotSpec
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed
from app.dialogue.slots.fold import fold
from app.understanding.found import Found

_DAYS = ("date", "event_date", "birth_date")
_REACHES = ("phone", "email", "fax")
_OWN = re.compile(r"\b(?:my|mine|me|i|i'm|our|us|mi|mis|me|yo|nuestr[oa]|llam\w+|call|text)\b")
_LABELLED_ID = re.compile(r"\b(?:member\w*|subscriber|policy|insurance|card|miembro|poliza|afiliad[oa]|tarjeta)\b")
_GROUPED_AS_PHONE = re.compile(r"^\W*(?:\+?1\W{0,2})?\(?\d{3}\)?\W{1,2}\d{3}\W\d{4}\W*$")
_WISHED = re.compile(
    r"\b(?:prefer\w*|available|best|better|works?|can|come|mornings|afternoons|evenings|weekdays|weekends|\w+days|"
    r"open|free|"
    r"prefiero|puedo|mejor|los)\b"
)
_LATE_ENOUGH = date(2100, 1, 1)
"""A day for which every date of birth is past; only whether words are a date is looked at."""
_FEW = 8
_NUMBER = re.compile(r"^[\W_]*[A-Za-z]{0,4}[\W_]?\d[\w /#-]*[\W_]*$")


def is_for_asked(asked: SlotSpec, text: str, values: Sequence[Found], reachable: bool, language: str) -> bool:
    """True when all of `text` answers `asked` and none of `values` is meant for another field. `reachable`: whether a
    phone number or an e-mail address is known already."""
    if not values:
        return False
    if asked.type == "text":
        return all(_in_free_words(value, text, reachable) for value in values)
    if asked.type in _DAYS:
        short = len(text.split()) <= _FEW
        only_days = short and all(value.kind == "preferred_times" for value in values)
        return only_days and (reads(asked, text, language) or not _WISHED.search(fold(text)))
    if asked.type == "member_id":
        ungrouped = bool(_NUMBER.match(text)) and not _GROUPED_AS_PHONE.match(text)
        return reachable and ungrouped and all(value.kind == "phone" for value in values)
    return False


def takes_number(asked: SlotSpec, text: str, number: str, language: str) -> bool:
    """Whether a number without a label answers `asked`; free words only where nothing else is said."""
    if _LABELLED_ID.search(fold(text)):
        return False
    if asked.type in ("text", "reason", "preferred_times", "provider", "carrier", "person_name", "specialty"):
        return asked.type == "text" and bool(_NUMBER.match(text))
    return reads(asked, number, language) or reads(asked, text, language)


def reads(asked: SlotSpec, text: str, language: str, payers: Mapping[str, str] | None = None) -> bool:
    """Whether `text` is a value of `asked` by its form."""
    return isinstance(read_value(asked, text, _LATE_ENOUGH, payers or {}, language), Parsed)


def _in_free_words(value: Found, text: str, reachable: bool) -> bool:
    """A claim number looks like a member ID, and an adjuster has a phone number of their own."""
    if value.kind == "member_id":
        return not _LABELLED_ID.search(fold(text))
    return value.kind in _REACHES and reachable and not _OWN.search(fold(text))
