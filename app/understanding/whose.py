"""Which of several phone numbers and addresses is the writer's own; the others are blanked out before all reading."""

import re
from typing import Literal

from app.dialogue.slots.fold import fold
from app.dialogue.slots.provider import find_provider
from app.dialogue.which import MOST, kind_wanted, worths
from app.understanding.numbers import every_contact

_BLANK = {"phone": "that number", "email": "that address"}
_WANTED = 3
"""What the wish for a kind counts: more than a good word for a number of the other kind."""


def without_others(text: str, *, apart: bool = False) -> str:
    """The text with every number and address blanked out that is clearly not the one to use, where another one is.
    With `apart` phones and addresses have fields of their own, so that one does not stand against the other."""
    contacts = [one for one in every_contact(text) if one.kind in _BLANK]
    if not 2 <= len(contacts) <= MOST:
        return text
    told = worths(text, [(one.start, one.end) for one in contacts], "contact")
    wanted: dict[str, bool] = {}
    kinds: tuple[Literal["phone", "email"], ...] = ("phone", "email")
    for kind in kinds:
        wanted[kind] = kind_wanted(kind, text)
    worth = [known + _WANTED * wanted[one.kind] for one, known in zip(contacts, told, strict=True)]
    for one, known in reversed(list(zip(contacts, worth, strict=True))):
        rivals = [other for rival, other in zip(contacts, worth, strict=True) if not apart or rival.kind == one.kind]
        if known < max(rivals):
            text = f"{text[: one.start]}{_BLANK[one.kind]}{text[one.end :]}"
    return text


def without_former_doctors(text: str) -> str:
    """The text with every doctor blanked out who is clearly not the one that is meant, where another one is: "I used to
    see Dr. Vance, he retired. Now it's Dr. Cordova"."""
    if len(_TITLE.findall(text)) < 2:  # what every message goes through must cost nothing
        return text
    spans: list[tuple[int, int]] = []
    at = 0
    while len(spans) < MOST and (hit := find_provider(text[at:])):
        spans.append((at + hit[0], at + hit[1]))
        at += hit[1]
    if (
        len(spans) < 2
        or _TAKES_BACK.search(fold(text))
        or len({text[start:end].casefold() for start, end in spans}) < 2
    ):
        return text
    told = worths(text, spans, "value")
    for (start, end), known in reversed(list(zip(spans, told, strict=True))):
        if known < 0 <= max(told):
            text = f"{text[:start]}{_DOCTOR}{text[end:]}"
    return text


_TITLE = re.compile(r"\b(?:dra?s?|doctora?|doc|md|do|np|pa|dpm)\b", re.IGNORECASE)
_DOCTOR = "that doctor"
_TAKES_BACK = re.compile(r"\b(?:not|no (?:es|era|fue)|instead of|rather than|en vez de)\b")
"""A doctor named wrongly before is told by name, and put right elsewhere."""
