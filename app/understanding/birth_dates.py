"""Dates of birth in running text."""

import re
from datetime import date

from app.dialogue.slots.birth_date import birth_span
from app.dialogue.slots.fold import fold
from app.understanding.found import Found

_LABEL = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birth ?da(?:te|y)|bday|born|"
    r"fecha de nacimiento|f\. ?nac\.?|naci(?:o|da|do|miento)?)(?!\w)"
)
_ANY_DAY = date(2024, 1, 1)
"""Only where the words stand is looked for; the parser knows the day."""
_FAR = 24
"""Characters between the label and the date: "my date of birth, in case you need it, is ..." is no more than this."""


def births_in(text: str, asked: str | None) -> list[Found]:
    """A day with its year behind a word for birth, or alone where it was asked for."""
    folded = fold(text)
    if len(folded) != len(text):
        return []
    label = _LABEL.search(folded)
    start = label.end() if label else 0
    if label is None and asked != "birth_date":
        return []
    span = birth_span(folded[start:], _ANY_DAY)
    if span is None or (label is not None and span[0] > _FAR):
        return []
    first, last = start + span[0], start + span[1]
    return [Found("birth_date", text[first:last], label.start() if label else first, last)]
