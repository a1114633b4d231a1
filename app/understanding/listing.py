"""Lists of values ("Ira Lomond, 703-555-0175, no referral, self pay, friday mornings"): each piece is read alone."""

import re
from collections.abc import Sequence

from app.dialogue.action import Catalogue
from app.dialogue.slots import NO_INSURANCE
from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer, says_no_insurance
from app.dialogue.slots.names import unwrapped
from app.dialogue.slots.provider import find_provider, says_nobody_referred
from app.understanding.found import Found
from app.understanding.lexicon import tells_complaint
from app.understanding.patients import speaks_of_self
from app.understanding.people import looks_like_name
from app.understanding.replies import smalltalk
from app.understanding.specialties import names_a_kind, specialty_span
from app.understanding.triggers import triggered
from app.understanding.values import find_values
from app.understanding.wished_times import looks_like_times

REACHES = ("contact", "phone", "email")
_FIRM = (
    *REACHES,
    "fax",
    "npi",
    "birth_date",
    "event_date",
    "zip",
    "member_id",
    "person_name",
    "provider",
    "carrier",
    "specialty",
)
_PIECE = re.compile(r"[^,;|]+")
_SIDE = re.compile(r"(?:(?!\s+(?:and|y|but|pero)\s+).)+")
_NOBODY = re.compile(r"\b(?:\w*refer\w*|nobody|no ?one|no doctor|nadie|remision|on my own|orden)\b")
_FEW = 4
_SHORT = 8
_CAPITAL = re.compile(r"(?:[A-ZÀ-Þ][\w'’.-]*|d[aeio]s?|del|la|las|los|y|van|von|der|den|al|bin|[A-Z]\.)$")
_NAME_LABEL = re.compile(
    r"^\s*(?:(?:and|so|y)\s+)*(?:(?:my|the|her|his|patient'?s?|mi|su) )?(?:full )?(?:name|nombre)\b(?:'s\b)?",
    re.IGNORECASE,
)
_EDGE = re.compile(r"^[^\w('\"]+|[^\w.)'\"]+$")
_REACHING = re.compile(r"\b(?:call|text|ring|reach|contact|e-?mail|phone|message|llam[ae]\w*|escrib[ae]\w*)\b")
_OWN = re.compile(r"^(?:my|mi|left|right|both|bad|sore)\b")


def listed_values(text: str, catalogue: Catalogue) -> list[Found]:
    """The values of a list, each with its own piece as the words; empty for a text that is no list."""
    spans = [hit.span() for hit in _PIECE.finditer(text) if hit[0].strip()]
    if len(spans) < 2:
        return []
    read = [_values_of(text[start:end], start, catalogue) for start, end in spans]
    if speaks_of_self(text):  # then the name of a relative is not the patient's
        read = [[value for value in values if value.kind != "person_name"] for values in read]
    found = _one_wish([value for values in read for value in values])
    wants = [bool(triggered(text[start:end], catalogue)) and end - start < 40 for start, end in spans]
    found = _titled_first(found)
    firm = [value for value in found if value.kind in _FIRM]
    if wants[0] and not any(value.kind == "reason" for value in found):
        found += _reason_behind(text, spans, read)
    whole = find_values(text, catalogue.payers)
    if told := next((value for value in whole if value.kind == "person_name"), None):
        found = [told, *(value for value in found if value.kind != "person_name")]
    elif all(value.kind != "person_name" for value in firm) and (name := _name_in(text, spans, read, catalogue)):
        found.append(name)
    if len({value.kind for value in found}) + any(wants) < 2 or not (firm or any(wants)):
        return []
    kinds = {value.kind for value in found}
    return found + [value for value in whole if value.kind in (*_FIRM, "reason") and value.kind not in kinds]


def _titled_first(found: list[Found]) -> list[Found]:
    """Of a practice and a doctor in one list the doctor is the one who referred."""
    titled = next((value for value in found if value.kind == "provider" and find_provider(value.said)), None)
    return found if titled is None else [value for value in found if value.kind != "provider" or value is titled]


def lone_value(text: str, catalogue: Catalogue) -> list[Found]:
    """What a few words alone can only be: "mondays", "primary care", "no referral"."""
    found = _values_of(text, 0, catalogue) if len(text.split()) <= _FEW else []
    return [value for value in found if value.kind in ("preferred_times", "specialty", "provider", "carrier")]


def stands_as_name(text: str, catalogue: Catalogue, *, alone: bool = False) -> bool:
    """True for two to five capitalised words that can be nothing but a name; two or three in any case where they stand
    `alone` in a line."""
    words = text.split()
    if alone and 2 <= len(words) <= 3:
        return _could_be_name(text, catalogue)
    return 2 <= len(words) <= 5 and all(_CAPITAL.match(word) for word in words) and _could_be_name(text, catalogue)


def _values_of(piece: str, at: int, catalogue: Catalogue) -> list[Found]:
    at += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    folded = fold(piece).strip(" .!?")
    short = len(folded.split()) <= _SHORT
    found = [
        value for value in find_values(piece, catalogue.payers) if value.kind in _FIRM and value.kind != "specialty"
    ]
    kinds = {value.kind for value in found}
    start, end = 0, len(piece)
    if short and _NOBODY.search(folded) and says_nobody_referred(piece):
        found = [value for value in found if value.kind != "provider"]
        found.append(Found("provider", "nobody", start, end))
    if "carrier" not in kinds and short and says_no_insurance(piece):
        found.append(Found("carrier", NO_INSURANCE, start, end))
    elif "carrier" not in kinds and _is_payer(folded, catalogue):
        found.append(Found("carrier", piece.strip(), start, end))
    if special := specialty_span(piece, whole=True) or specialty_span(piece):
        found.append(Found("specialty", piece[slice(*special)], *special))
    if not found and short and looks_like_times(piece):
        found.append(Found("preferred_times", piece.strip(), start, end))
    if tells_complaint(folded) and not names_a_kind(piece):
        found += _reasons_of(piece, found, catalogue)
    return [Found(value.kind, value.said, value.start + at, value.end + at) for value in found]


def _reasons_of(piece: str, others: Sequence[Found], catalogue: Catalogue) -> list[Found]:
    """Why they come: the side of "and" that tells it and holds nothing else."""
    for part in _SIDE.finditer(piece):
        free = all(part.end() <= other.start or other.end <= part.start() for other in others)
        if free and tells_complaint(fold(part[0])):
            named = [value for value in find_values(part[0], catalogue.payers) if value.kind == "reason"]
            return [Found("reason", value.said, *part.span()) for value in named]
    return []


def _is_payer(folded: str, catalogue: Catalogue) -> bool:
    hit = find_payer(folded, catalogue.payers) if len(folded.split()) <= 5 else None
    return hit is not None and hit[0] == 0


def _one_wish(found: Sequence[Found]) -> list[Found]:
    """Times that stand in several pieces are one wish; of the reasons the first and what adds to it."""
    joined = [value for value in found if value.kind not in ("preferred_times", "reason")]
    for kind in ("preferred_times", "reason"):
        if own := [value for value in found if value.kind == kind]:
            said = ", ".join(dict.fromkeys(value.said for value in own))
            joined.append(Found(kind, said, own[0].start, own[-1].end))
    return joined


def _reason_behind(text: str, spans: Sequence[tuple[int, int]], read: Sequence[Sequence[Found]]) -> list[Found]:
    """ "PT referral, my bunion": what follows the wish, when it can be nothing else."""
    start, end = spans[1]
    piece = text[start:end].strip(" .!?")
    if read[1] or len(piece.split()) > _SHORT or not _OWN.match(fold(piece)):
        return []
    return [Found("reason", piece, start, end)]


def _name_in(
    text: str, spans: Sequence[tuple[int, int]], read: Sequence[Sequence[Found]], catalogue: Catalogue
) -> Found | None:
    """A piece that nothing else explains: capitalised, labelled as the name, or beside a phone number or e-mail."""
    labelled = [bool(_NAME_LABEL.search(text[start:end])) for start, end in spans]
    reach = [any(value.kind in REACHES for value in values) for values in read]
    for place, (start, end) in enumerate(spans):
        left = text[start:end]
        for value in read[place]:
            left = left.replace(text[value.start : value.end], " ")
        left = unwrapped(_EDGE.sub("", _NAME_LABEL.sub("", left)).strip())
        near = any(reach[max(0, place - 1) : place + 2])
        plain = near and 2 <= len(left.split()) <= 3 and _could_be_name(left, catalogue)
        if (any(reach) or any(labelled) or speaks_of_self(text)) and (plain or stands_as_name(left, catalogue)):
            return Found("person_name", left, start, end)
    return None


def _could_be_name(text: str, catalogue: Catalogue) -> bool:
    folded = fold(text)
    return (
        looks_like_name(text)
        and not tells_complaint(folded)
        and not looks_like_times(text)
        and find_payer(folded, catalogue.payers) is None
        and specialty_span(text) is None
        and specialty_span(text, whole=True) is None
        and smalltalk(text) is None
        and not _REACHING.search(folded)
        and triggered(text, catalogue) is None
        and not says_no_insurance(text)
        and not says_nobody_referred(text)
    )
