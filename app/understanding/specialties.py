"""Where a sentence names a doctor's specialty, and not merely an operation or a treatment."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.provider import specialty_hits

_BEFORE = re.compile(r"(?:\b(?:my|a|an|the|by|from|his|her|our|is|mi|un|una|el|la|al|su|del|es)|'s|,|\()\s*$")
_DEED = re.compile(r"(?:surgery|medicine|medicina|cirugia|practice|clinic|management|care|dolor|therapy|general)$")
_UNDERGONE = re.compile(r"\b(?:had|have|having|my|after|before|did|of|for|get|got|tuve|mi)\s+(?:\w+\s+)?$")
_PERSON = re.compile(
    r"^\s*(?:doctor|dr\b|physician|specialist|doc\b|surgeon|provider|clinic|center|centre|office|"
    r"group|associates|department|team|nurse)"
)


_FEW = 3


def names_a_kind(text: str) -> bool:
    """True for a few words that call a kind of doctor after a part of the body: "ortho spine", not "knee surgery"."""
    folded = fold(text).strip(" ,.;")
    kinds = [folded[start:end] for start, end in specialty_hits(folded)]
    return len(folded.split()) <= _FEW and any(not _DEED.search(kind) for kind in kinds)


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
            if _UNDERGONE.search(folded[:start]) and _DEED.search(folded[start:end]):
                continue
            return start, end
        if person or (_BEFORE.search(folded[:start]) and not _DEED.search(folded[start:end])):
            return start, end
    return None
