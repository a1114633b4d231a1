"""Types that need little reading: reason, free text, ZIP."""

import re

from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.spelled import spelled_digits

_LEAD_IN = re.compile(
    r"^(?:(?:well|so|um|uh|hi|hello|hola|pues|bueno|and|y|basically|honestly|actually|because|cuz|porque)\b[\s,]*)*"
    r"(?:(?:it's|its|it is|that's|this is|es|i need (?:help|therapy|pt|physical therapy) (?:for|with)|"
    r"because of|for|por|para|due to)\s+)?"
    r"(?=\S)",
    re.IGNORECASE,
)


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
    said = re.sub(r"(?<=\d)[oO](?=[\doO]|\b)", "0", said)
    said = re.sub(r"(?<!\d)\d(?:[ .,-]{1,2}\d){4}(?![\d ]*\d)", lambda hit: re.sub(r"\D", "", hit[0]), said)
    hits = re.findall(r"(?<![\d-])(\d{5})(?:[- ]?(\d{4}))?(?![\d-])", spelled_digits(said))
    hit = hits[-1] if hits else None  # the number of a house may stand before it
    if not hit or hit[0] == "00000":
        return Rejected("zip_wrong")
    return Parsed("-".join(part for part in hit if part))
