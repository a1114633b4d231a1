"""Insurance carriers in running text."""

import re
from collections.abc import Callable, Mapping

from app.dialogue.slots import NO_INSURANCE
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer, says_no_insurance
from app.dialogue.which import MOST, meant
from app.qualification.aliases import is_ordinary
from app.understanding.found import Found

_AMBIGUOUS_PAYER = re.compile(
    r"\b(?:united|progressive|oscar|va|optum|mvp|geico|state farm|regence|multiplan|tufts|highmark|anthem|select)\b"
)


_INSURED = re.compile(
    r"\b(?:insur\w*|plan|coverage|covered|carrier|ppo|hmo|epo|have|has|take|accept|network|member|"
    r"through|with|under|i'm on|seguro|tengo|aceptan|toman|aseguranza|cobertura)\b"
)


_IS_IT = re.compile(r"(?:^|[,;.]\s*)(?:(?:and|so|oh|y|no)\s+)?(?:it'?s|it is|es)\s+$")


_ON_ONES_OWN = re.compile(r"^(?!.*\b(?:pag\w+|segur\w+|insur\w+|pay\w*)\b).*\bpor mi cuenta\b")
"""Coming on one's own is not paying on one's own, unless payment is the talk."""


def insurance_in(text: str, payers: Mapping[str, str], *, sure: bool, unlikely: bool) -> list[Found]:
    """The carrier that is named, or that there is none."""
    folded = fold(text)
    if says_no_insurance(text) and (sure or not _ON_ONES_OWN.search(folded)):
        return [Found("carrier", NO_INSURANCE, *_piece(text, says_no_insurance))]
    hits = _named(folded, payers)
    if not hits or len(folded) != len(text):
        return []
    start, end = hits[0] if "?" in text else hits[meant(text, hits)]
    cue = bool(_IS_IT.search(folded[:start]) or _INSURED.search(folded)) or (len(folded.split()) <= 4 and not unlikely)
    ambiguous = _AMBIGUOUS_PAYER.match(folded[start:end]) or is_ordinary(folded[start:end])
    if (ambiguous or unlikely) and not cue and not sure:
        return []
    stop = re.search(
        r"[,;.!?(#:]|\b[a-z]{0,3}\d{4,}|\b(?:and|but|id|member|y|pero|with|through|on|at|from|for|as|since|because|"
        r"which|that|who|if|so|do|"
        r"is|are|now|last|this|next|yesterday|today|too|please|thanks|currently|right|via)\b",
        text[end:],
        re.IGNORECASE,
    )
    tail = end + (stop.start() if stop else len(text) - end)
    return [Found("carrier", text[start:tail].strip(), start, tail)]


def _named(folded: str, payers: Mapping[str, str]) -> list[tuple[int, int]]:
    """Where payers are named."""
    hits: list[tuple[int, int]] = []
    at = 0
    while len(hits) < MOST and (hit := find_payer(folded[at:], payers)):
        hits.append((at + hit[0], at + hit[1]))
        at += hit[1]
    return hits


def _piece(text: str, says: Callable[[str], bool]) -> tuple[int, int]:
    """Start and end of the piece of a list that says it; of the whole text when no piece does alone."""
    for piece in re.finditer(r"[^,;]+", text):
        if says(piece[0]):
            return piece.span()
    return 0, len(text)
