"""Types that need little reading: reason, free text, ZIP, yes or no, choice."""

import re

from rapidfuzz import fuzz, process

from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

_LEAD_IN = re.compile(
    r"^(?:(?:well|so|um|uh|hi|hello|hola|pues|bueno|and|y)\b[\s,]*)*"
    r"(?:(?:it's|its|it is|that's|this is|es|i need (?:help|therapy|pt|physical therapy) (?:for|with)|"
    r"because of|for|por|para|due to)\s+)?"
    r"(?=\S)",
    re.IGNORECASE,
)
_YES = frozenset("yes y yeah yep yup sure correct right ok okay true si claro correcto exacto vale".split())  # noqa: SIM905
_NO = frozenset("no n nope nah not none never false ninguno tampoco".split())  # noqa: SIM905


def reason(said: str, _context: ParseContext) -> Parsed | Rejected:
    """Why the patient comes, in the patient's words; only fillers at the start and stops at the end go."""
    text = said
    while (shorter := _LEAD_IN.sub("", text, count=1)) != text:
        text = shorter
    text = text.strip(" ,;.!?-")
    if not re.search(r"[^\W\d_]{2}", text):
        return Rejected("reason_missing")
    return Parsed(text)


def free_text(said: str, _context: ParseContext) -> Parsed | Rejected:
    """Anything with a letter or digit."""
    return Parsed(said) if re.search(r"\w", said) else Rejected("empty")


def zip_code(said: str, _context: ParseContext) -> Parsed | Rejected:
    """Five digits, or nine with a hyphen."""
    hit = re.search(r"(?<!\d)(\d{5})(?:[- ]?(\d{4}))?(?!\d)", said)
    if not hit:
        return Rejected("zip_wrong")
    return Parsed("-".join(part for part in hit.groups() if part))


def yes_no(said: str, _context: ParseContext) -> Parsed | Rejected:
    """ "yes" or "no", whichever word comes first."""
    for word in re.findall(r"[a-z]+", fold(said)):
        if word in _YES or word in _NO:
            return Parsed("yes" if word in _YES else "no")
    return Rejected("yes_no_unclear")


def choice(said: str, context: ParseContext) -> Parsed | Rejected:
    """The option that the words name: by number, in full, or misspelled."""
    place = re.fullmatch(r"\D*(\d{1,2})\D*", said)
    if place and 1 <= int(place[1]) <= len(context.choices):
        return Parsed(context.choices[int(place[1]) - 1])
    folded = {fold(option): option for option in context.choices}
    text = fold(said)
    inside = [option for key, option in folded.items() if re.search(rf"\b{re.escape(key)}\b", text)]
    if len(inside) == 1:
        return Parsed(inside[0])
    best = process.extractOne(text, list(folded), scorer=fuzz.WRatio, score_cutoff=85)
    return Parsed(folded[best[0]]) if best else Rejected("choice_unclear")
