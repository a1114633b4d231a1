"""Which of the names in a message is the patient's."""

import re
from collections.abc import Callable
from functools import cache

from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import RELATION
from app.understanding.found import Found
from app.understanding.lexicon import complaints, words
from app.understanding.specialties import specialty_span

_PART = (
    r"(?!(?:DOB|D\.O\.B|MRN|SSN|ID|NPI|DX|Dx|Phone|Tel|Cell|Fax|E-?mail|Ins\w*|Date|Born|Age|Sex|Ref\w*|Appt|"
    r"Address|ZIP|Zip|Dra?)\b)"
    r"(?:[^\W\d_a-zà-ÿ][\w'’-]*|[A-Z]\.)"
)
_JOINT = r"(?:\s+(?:d[aeio]s?|del|la|las|los|van|von|der|den|al|bin))*\s+"
_ONE = rf"(?P<name>{_PART}(?:{_JOINT}{_PART}){{0,4}})"
_FULL = rf"(?P<name>{_PART}(?:{_JOINT}{_PART}){{1,4}})"
_OWN = r"\b(?i:my|our|mi|nuestr[oa]|the|(?:is|for|para|es|about|on behalf of))"
_AGE = r"(?:\d+[- ](?i:years?[- ]old|yo|y/o)\s+)?"
_THE_PATIENT = (
    re.compile(rf"{_OWN}\s+{_AGE}(?i:{RELATION})(?:,|\s+(?i:named|called|is|se llama|es))?\s+{_ONE}"),
    re.compile(rf"\b(?i:(?:our|a|the|new|this|following|nuestr[oa]|el|la) (?:patient|paciente)),?:?\s+{_FULL}"),
    re.compile(rf"\b(?:[Pp]t|[Cc]laimant|[Cc]lient|[Pp]atient|[Pp]aciente|CLAIMANT|PATIENT)\.?\s*[:,-]?\s+{_FULL}"),
    re.compile(rf"\b(?i:(?:referral|script|order|remisi[oó]n) (?:for|para)|refer(?:ring)?)\s+{_FULL}"),
    re.compile(rf"\b(?i:(?:her|his|their|patient'?s) (?:full |legal )?name(?:'s| is)|se llama)\s+{_ONE}"),
    re.compile(rf"^\W*(?i:(?:and )?(?:he|she)(?:'s| is))\s+{_FULL}"),
    re.compile(rf"[,;.]\s+(?i:(?:he|she)(?:'s| is))\s+{_FULL}"),
    re.compile(rf"\b(?i:the )?(?i:undersigned),?\s+{_FULL}"),
)
_FOR_ONESELF = re.compile(
    r"\b(?:(?:it'?s|its|is|this time|but|and) (?:for )?(?:me|myself|my turn)\b(?! (?:who|that) (?:calls?|writes?|"
    r"books?|is (?:calling|writing)))|for myself\b|i'?m the (?:patient|one who needs)|"
    r"(?:ahora|soy) yo\b|para m[ií] mism[oa])"
)
_ADVISES = re.compile(
    r"\s+(?:(?:always|also|just|really|finally|keeps?|kept|is|was|siempre) )?(?:tell(?:s|ing)?|told|sa(?:id|ys|ying)|"
    r"th(?:inks?|inking|ought)|recommend\w*|suggest\w*|insist\w*|nag\w*|pushing|made me|wants me|dice|dijo|cree|"
    r"recomend\w+|insiste)\b",
    re.IGNORECASE,
)
"""Who only says what the writer should do is not the patient: "my wife Nell keeps telling me to see somebody"."""
_NO_NAME = re.compile(
    r"\b(?:therap\w*|physical|physio\w*|terapia|eval\w*|treatment|rehab\w*|patients?|outpatient|clinic|office|"
    r"hospital|medic\w*|dr|doctor)\b"
)


def patient_named(text: str) -> Found | None:
    """The name told to be the patient's, alone or beside others; None where somebody speaks for themselves."""
    if _FOR_ONESELF.search(fold(text)):
        return None
    for form in _THE_PATIENT:
        hit = form.search(text)
        if hit and _is_name(hit["name"]) and not only_advises(text[hit.end() :]):
            return Found("person_name", hit["name"], hit.start("name"), hit.end("name"))
    return None


def only_advises(behind: str) -> bool:
    """Whether the words right behind a name tell what that person says, and not what they need."""
    return bool(_ADVISES.match(behind))


def speaks_of_self(text: str) -> bool:
    """True for "now it's me who needs therapy": the relative that was named before is not the patient."""
    return bool(_FOR_ONESELF.search(fold(text)))


def _is_name(name: str) -> bool:
    folded = fold(name)
    small = words("not_in_names")
    plain = not any(word in small for word in folded.split()) and not complaints().search(folded)
    return plain and not _NO_NAME.search(folded) and specialty_span(name) is None


@cache
def _stops() -> frozenset[str]:
    return frozenset(words("not_in_names")) | frozenset(words("fillers"))


_TERSE = re.compile(r"(?P<before>[^,.;:!?@]*?)\s+(?=\(?\+?\d[\d ().-]{8,}|\S+@\S+)")


def name_before_contact(text: str, taken: Callable[[str], bool]) -> str:
    """ "pt referral sam ortega 703 555 0126 knee aetna": two or three words before the number that mean nothing else,
    in a note without sentences; "" where there are none. `taken` tells the words that mean something."""
    hit = _TERSE.match(text.strip())
    if hit is None or len(text.split()) > 16:
        return ""
    kept: list[str] = []
    for word in reversed(hit["before"].split()):
        folded = fold(word)
        if folded in _stops() or complaints().search(folded) or taken(folded) or not folded.isalpha():
            break
        kept.insert(0, word)
    return " ".join(kept) if 2 <= len(kept) <= 3 else ""
