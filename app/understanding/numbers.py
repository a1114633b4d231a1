"""Phone and fax numbers, e-mail addresses, member IDs, NPIs and ZIP codes in running text."""

import re

from app.dialogue.slots.addresses import email_span
from app.dialogue.slots.contact import phone_spans, written_out
from app.dialogue.slots.npi import is_npi
from app.dialogue.spelled import spelled_digits
from app.dialogue.which import MOST, meant
from app.understanding.found import Found

_ID = re.compile(
    r"\b(?:(?:member(?:ship)?|subscriber|policy|insurance|plan)\s*(?:id|i\.d\.|identification|number|"
    r"no\.?|num|#)?(?:\s*(?:number|no\.?|#))?|(?<!e-mail )(?<!email )(?<!mail )id(?:\s*(?:number|no\.?|#))?|"
    r"(?:numero|número|núm\.?) de (?:miembro|poliza|póliza|socio|afiliado)|póliza|poliza)\s*(?:is|es|:|=|#|-)?\s*"
    r"(?P<id>(?=[A-Za-z ]{0,6}[\dA-Za-z-]*\d)(?:[A-Za-z]{1,4}[ -])?"
    r"[A-Za-z0-9]*\d[A-Za-z0-9]*(?:[ -](?=[A-Za-z0-9]*\d)[A-Za-z0-9]+)*"
    r"(?:[ -](?!(?:and|thx|pls|ty|too|now|but|the|for|yes|ok|sir|mam|lol|y|o|or)\b)[A-Za-z]{1,3}(?=\s*(?:$|[,.;])))?)",
    re.IGNORECASE,
)
_BARE_ID = re.compile(
    r"(?<![\w@.+-])(?=[A-Z0-9 -]*\d{3})[A-Z]{1,4}[ -]?\d{2,}(?:(?:[ -][A-Z]?|[A-Z])\d{2,})*[A-Z]?(?![\w@])|"
    r"(?<![\w@.+-])(?=[A-Z0-9-]*[A-Z])(?=(?:[A-Z0-9-]*\d){3})[A-Z0-9]{2,}(?:-[A-Z0-9]+)*(?![\w@-])|"
    r"(?<![\w@.+-])[A-Za-z]{1,4}[ -]?\d{6,}(?![\w@-])"
)
_OTHER_LABEL = re.compile(
    r"\b(?:claim|npi|fax|group|grp|zip|auth\w*|case|ref\w*|grupo)\b\W*(?:number|no\.?|num|id|#)?\W*(?:is|es)?\W*$",
    re.IGNORECASE,
)
_LIKE_SSN = re.compile(r"\d{3}\D\d{2}\D\d{4}")
_NOT_AN_ID = re.compile(r"(?:in|on|at|by|for|is|my|the|to|of|age|year|dob|zip|npi|fax|claim)\b", re.IGNORECASE)
_NO_PHONE = re.compile(r"\b(?:id|member|policy|claim|npi|group|grp|subscriber)\b[^\d]{0,16}$", re.IGNORECASE)
_PHONE = re.compile(
    r"phone|\bph\b|\bcell|mobile|\bcall|reach|\btext|\btel\b|tel[eé]fono|celular|m[oó]vil|llam", re.IGNORECASE
)
_FAX = re.compile(r"\bfax\b[^\d]{0,16}$|\bf:\s*$", re.IGNORECASE)
_NPI = re.compile(r"\bnpi\b[^\d\n]{0,20}(?P<npi>\d(?:[ -]?\d){8,10})(?!\d)", re.IGNORECASE)
_ZIP = re.compile(
    r"(?:\bzip\b(?: ?codes?)?|\bpostal code|\bc[oó]digo postal|\bc\.p\.)[^\d\n]{0,12}"
    r"(?P<zip>\d{5}(?:-\d{4})?)(?![\d-])",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(?:live|living|reside|based|located|vivo|vivimos|vive) "
    r"(?:(?:over|out|down|right|here) )?(?:in|at|near|around|en|"
    r"cerca de)\s+(?:[^\W\d_][\w'.-]*,?\s+){0,3}(?P<zip>\d{5}(?:-\d{4})?)(?![\w-])",
    re.IGNORECASE,
)
_STATE = (
    r"A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|"
    r"N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_ADDRESS_END = re.compile(rf"\b(?:{_STATE})\.?,?\s+(?P<zip>\d{{5}}(?:-\d{{4}})?)(?![\d-])")
_FIVE = re.compile(r"(?<![\w-])(?P<zip>\d{5}(?:-\d{4})?)(?![\w-])")


def contacts_in(text: str, asked: str | None) -> list[Found]:
    """The first e-mail address, phone number and fax number, in the order of the text."""
    found: dict[str, Found] = {}
    if span := email_span(text, expected=asked in ("contact", "email", "phone")):
        found["email"] = Found("email", text[slice(*span)], *span)
    for start, end in phone_spans(text):
        if kind := _dialled(text, start, end, asked):
            found.setdefault(kind, Found(kind, text[start:end], start, end))
    return sorted(found.values(), key=lambda one: one.start)


def every_contact(text: str) -> list[Found]:
    """All e-mail addresses, phone and fax numbers, in the order of the text."""
    found: list[Found] = []
    at = 0
    while len(found) < MOST and (span := email_span(text[at:], expected=True)):
        found.append(Found("email", text[at + span[0] : at + span[1]], at + span[0], at + span[1]))
        at += span[1]
    for start, end in phone_spans(text):
        kind = _dialled(text, start, end, None)
        if kind and all(end <= other.start or other.end <= start for other in found):
            found.append(Found(kind, text[start:end], start, end))
    return sorted(found, key=lambda one: one.start)


def _dialled(text: str, start: int, end: int, asked: str | None) -> str:
    """ "phone" or "fax", or "" for a number that is something else."""
    before, number = text[:start], written_out(spelled_digits(text[start:end]))
    digits = re.sub(r"\D", "", re.split(r"[A-Za-z,]", number, maxsplit=1)[0])
    if not (10 <= len(digits) <= 11 or number.startswith("+")):
        return ""
    called = list(_PHONE.finditer(before))
    fax = _FAX.search(before)
    if (fax and not (called and called[-1].start() > fax.start())) or (asked == "fax" and not called):
        return "fax"
    other = _NO_PHONE.search(before)
    if other and not _PHONE.search(other[0]):
        return ""
    if asked == "npi" and is_npi(digits):
        return ""
    return "" if asked == "member_id" and text[start:end].isdigit() and not _PHONE.search(text) else "phone"


def ids_in(text: str, asked: str | None) -> list[Found]:
    """A labelled member ID, or a token that can be nothing else."""
    labelled = [hit for hit in _ID.finditer(text) if not _OTHER_LABEL.search(text[: hit.start("id")])]
    bare = (hit for hit in _BARE_ID.finditer(text) if not _OTHER_LABEL.search(text[: hit.start()]))
    hits = labelled or (list(bare) if asked not in ("contact", "phone", "email", "fax") else [])
    hit = hits[meant(text, [one.span() for one in hits])] if hits else None
    if not hit or re.match(
        r"(?:in|on|at|by|for|is|my|the|to|of|age|year|dob|zip|npi|fax|claim)\b", hit[0], re.IGNORECASE
    ):
        return []
    said = hit["id"] if hit.re is _ID else hit[0]
    if len(re.sub(r"[^A-Za-z0-9]", "", said)) < 6:
        return []
    start = hit.start("id") if hit.re is _ID else hit.start()
    if hit.re is _ID and _LIKE_SSN.fullmatch(said):  # the parser must see that it was called a member ID
        return [Found("member_id", hit[0], hit.start(), hit.end())]
    return [Found("member_id", said, start, hit.end())]


def codes_in(text: str, asked: str | None) -> list[Found]:
    """A labelled NPI, and a ZIP code with its label, behind a state, or alone where it was asked for."""
    found = []
    if hit := _NPI.search(text):
        found.append(Found("npi", hit["npi"], hit.start("npi"), hit.end("npi")))
    code = _ZIP.search(text) or _LIVES.search(text) or _ADDRESS_END.search(text)
    if asked == "zip" and (several := list(_FIVE.finditer(text))) and (code is None or len(several) > 1):
        code = several[meant(text, [hit.span("zip") for hit in several])]
    if code:
        found.append(Found("zip", code["zip"], code.start("zip"), code.end("zip")))
    return found
