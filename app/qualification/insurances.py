"""Which of the insurances that somebody names they have: "Aetna, not Cigna" is one."""

import re
from collections.abc import Sequence

from app.qualification.naming import Mention
from app.qualification.words import fold_in_place

_NOT_THIS = re.compile(
    r"\b(?:not|no longer(?: have)?|isn.?t|wasn.?t|instead of|rather than|used to (?:have|be)|previously|formerly|"
    r"switched from|no es|no tengo|ya no(?: tengo)?|en vez de|en lugar de|antes(?: tenia)?)"
    r"(?:\s+(?:my|the|our|with|on|had|have|mi|el|la|con))*\s*$"
)


def held(said: str, named: Sequence[Mention]) -> tuple[Mention, ...]:
    """Without those that are denied, or were left behind; all of them where nothing else would be left."""
    text = fold_in_place(said)
    left = tuple(one for one in named if not _NOT_THIS.search(text[: one.start]))
    return left or tuple(named)
