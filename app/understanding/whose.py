"""Which of several phone numbers and addresses is the writer's own; the others are blanked out before all reading."""

from typing import Literal

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
