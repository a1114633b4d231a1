"""needed(cell): whether a payer list says that a referral or an authorization is needed."""

import re
from functools import cache
from typing import Literal

from app.qualification.shipped import shipped
from app.qualification.words import fold

Needed = Literal["yes", "no", "depends"]


def needed(cell: str | None) -> Needed | None:
    """None where the list says nothing. What is written but cannot be told depends: a person reads it."""
    if cell is None or not cell.strip(" -–—\u00a0."):
        return None
    text = fold(cell).replace("'", " ").replace("\u2019", " ")
    for answer, pattern in _patterns():
        if pattern.search(text):
            return answer
    return "depends"


@cache
def _patterns() -> tuple[tuple[Needed, re.Pattern[str]], ...]:
    written = shipped("needed.yaml")
    order: tuple[Needed, ...] = ("depends", "no", "yes")
    return tuple((answer, re.compile(written[answer])) for answer in order)
