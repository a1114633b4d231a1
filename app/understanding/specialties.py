"""Where a sentence names a doctor's specialty, and not merely an operation or a treatment."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.provider import specialty_hits

_BEFORE = re.compile(r"(?:\b(?:my|a|an|the|by|from|his|her|our|is|mi|un|una|el|la|al|su|del|es)|'s|,|\()\s*$")
_DEED = re.compile(r"(?:surgery|medicine|medicina|cirugia|practice|clinic|management|care|dolor|therapy|general)$")
_PERSON = re.compile(
    r"^\s*(?:doctor|dr\b|physician|specialist|doc\b|surgeon|provider|clinic|center|centre|office|"
    r"group|associates|department|team|nurse)"
)


def specialty_span(text: str, inside: tuple[int, int] | None = None, *, whole: bool = False) -> tuple[int, int] | None:
    """Start and end of the specialty's word. Inside a provider's name and practice any mention counts; elsewhere
    it needs a person ("my orthopedist", "a sports medicine doctor"). With `whole` the text must be nothing else."""
    folded = fold(text)
    if len(folded) != len(text):
        return None
    for start, end in specialty_hits(folded):
        if whole:
            if not folded[:start].strip() and not folded[end:].strip():
                return start, end
            continue
        person = _PERSON.match(folded[end:])
        if inside and inside[0] <= start < inside[1]:
            return start, end
        if person or (_BEFORE.search(folded[:start]) and not _DEED.search(folded[start:end])):
            return start, end
    return None
