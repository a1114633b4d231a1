"""Phone numbers, e-mail addresses and member IDs in running text."""

import re

from app.dialogue.slots.contact import email_span, phone_spans
from app.understanding.found import Found

_ID = re.compile(
    r"\b(?:(?:member(?:ship)?|subscriber|policy|insurance|plan)\s*(?:id|i\.d\.|identification|number|"
    r"no\.?|num|#)?(?:\s*(?:number|no\.?|#))?|id(?:\s*(?:number|no\.?|#))?|"
    r"(?:numero|número|núm\.?) de (?:miembro|poliza|póliza|socio|afiliado)|póliza|poliza)\s*(?:is|es|:|=|#|-)?\s*"
    r"(?P<id>(?=[A-Za-z ]{0,6}[\dA-Za-z-]*\d)(?:[A-Za-z]{1,4}[ -])?"
    r"[A-Za-z0-9]*\d[A-Za-z0-9]*(?:[ -](?=[A-Za-z0-9]*\d)[A-Za-z0-9]+)*)",
    re.IGNORECASE,
)


_BARE_ID = re.compile(
    r"(?<![\w@.+-])(?=[A-Z0-9 -]*\d{3})[A-Z]{1,4}[ -]?\d{2,}(?:(?:[ -][A-Z]?|[A-Z])\d{2,})*[A-Z]?(?![\w@])|"
    r"(?<![\w@.+-])(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z0-9-]*\d){3})[A-Z0-9]{2,}(?:-[A-Z0-9]+)*(?![\w@-])|"
    r"(?<![\w@.+-])[A-Za-z]{1,4}[ -]?\d{6,}(?![\w@-])"
)


def contacts_in(text: str, asked: str | None) -> list[Found]:
    """The first e-mail address or phone number."""
    found = []
    if span := email_span(text):
        found.append(Found("contact", text[slice(*span)], *span))
    for start, end in phone_spans(text):
        digits = re.sub(r"\D", "", text[start:end])
        label = re.search(r"\b(?:id|member|policy|claim|npi|fax|group)\b[^\d]{0,16}$", text[:start], re.IGNORECASE)
        if (
            not label
            and (10 <= len(digits) <= 11 or text[start] == "+")
            and not (asked == "member_id" and text[start:end].isdigit() and not _phone_word(text))
        ):
            found.append(Found("contact", text[start:end], start, end))
    return found[:1]


def _phone_word(text: str) -> bool:
    return bool(re.search(r"phone|cell|mobile|call|reach|text|tel[eé]fono|celular|llam", text, re.IGNORECASE))


def ids_in(text: str, asked: str | None) -> list[Found]:
    """A labelled member ID, or a token that can be nothing else."""
    hit = _ID.search(text) or (_BARE_ID.search(text) if asked != "contact" else None)
    if not hit or re.match(r"(?:in|on|at|by|for|is|my|the|to|of|age|year|dob|zip)\b", hit[0], re.IGNORECASE):
        return []
    said = hit["id"] if hit.re is _ID else hit[0]
    if len(re.sub(r"[^A-Za-z0-9]", "", said)) < 6:
        return []
    start = hit.start("id") if hit.re is _ID else hit.start()
    return [Found("member_id", said, start, hit.end())]
