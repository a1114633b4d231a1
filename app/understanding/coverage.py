"""Insurance carriers in running text."""

import re
from collections.abc import Callable, Mapping

from app.dialogue.slots import NO_INSURANCE
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer, held_by, plan_told, says_no_insurance
from app.dialogue.slots.insurances import every_payer, second_told, tied
from app.dialogue.which import meant
from app.qualification.aliases import is_ordinary
from app.understanding.found import Found

_AMBIGUOUS_PAYER = re.compile(
    r"\b(?:united|progressive|oscar|va|optum|mvp|geico|state farm|regence|multiplan|tufts|highmark|anthem|select)\b"
)


_INSURED = re.compile(
    r"\b(?:insur\w*|primary(?! care)|secondary|supplement\w*|secundari[oa]|plan|coverage|covered|carrier|ppo|hmo|"
    r"epo|have|has|take|accept|network|member|"
    r"through|with|under|i'm on|seguro|tengo|aceptan|toman|aseguranza|cobertura)\b"
)


_IS_IT = re.compile(r"(?:^|[,;.]\s*)(?:(?:and|so|oh|y|no)\s+)?(?:it'?s|it is|es)\s+$")


_ROLE = re.compile(r"\b(?:primary|secondary|first|second|primari[oa]|secundari[oa])(?: (?:one|insurance|is|es))*\W*$")
_ROLE_BEHIND = re.compile(
    r"^ ?(?:is |as |es )(?:my |the |a |mi |el )?(?:primary|secondary|supplement\w*|secundari[oa])\b"
)
"""Which of several insurances pays first, beside their names."""
_ON_ONES_OWN = re.compile(r"^(?!.*\b(?:pag\w+|segur\w+|insur\w+|pay\w*)\b).*\bpor mi cuenta\b")
"""Coming on one's own is not paying on one's own, unless payment is the talk."""


def insurance_in(text: str, payers: Mapping[str, str], *, sure: bool, unlikely: bool) -> list[Found]:
    """The carrier that is named, or that there is none."""
    folded = fold(text)
    if says_no_insurance(text) and (sure or not _ON_ONES_OWN.search(folded)):
        return [Found("carrier", NO_INSURANCE, *_piece(text, says_no_insurance))]
    hits = every_payer(folded, find_payer, payers)
    if len(hits) == 1 and _DENIED.search(folded[: hits[0][0]]):
        return []
    if not hits or len(folded) != len(text):
        return []
    together = tied(folded, hits) is not None
    if together:
        start, end = hits[0][0], hits[-1][1]
    else:
        start, end, _ = hits[0] if "?" in text else hits[meant(text, [hit[:2] for hit in hits])]
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
    if second := second_told(folded[end:]):
        tail = max(tail, end + second[2])
    if told := plan_told(text[end:], hits[0][2]) or held_by(text[end:], hits[0][2]):
        tail = max(tail, end + told[1])
    if together and (role := _ROLE.search(folded[:start])):
        start = role.start()
    if together and (role := _ROLE_BEHIND.match(folded[tail:])):
        tail += role.end()
    return [Found("carrier", text[start:tail].strip(), start, tail)]


def denies_only(text: str, payers: Mapping[str, str]) -> bool:
    """True for words that tell which insurance it is not, and name no other one."""
    hits = every_payer(fold(text), find_payer, payers)
    return len(hits) == 1 and bool(_DENIED.search(fold(text)[: hits[0][0]]))


_DENIED = re.compile(
    r"(?:^\W*(?:(?:no|well|oh|sorry|actually)\W+)*|[,;.!]\s*|\b(?:it'?s|its|that'?s|it is|i'?m|i am)\s+)"
    r"not\s+(?:on |with |actually |my )?$|(?:^|[,;.]\s*)no es\s+$"
)
"""Right before the name of an insurance, at the start of a piece; not in "I'm not sure, Medicaid"."""


def _piece(text: str, says: Callable[[str], bool]) -> tuple[int, int]:
    """Start and end of the piece of a list that says it; of the whole text when no piece does alone."""
    for piece in re.finditer(r"[^,;]+", text):
        if says(piece[0]):
            return piece.span()
    return 0, len(text)
