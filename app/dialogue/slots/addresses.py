"""E-mail addresses: kept as they were typed, put together when they were spelled ("rosa at mail dot example")."""

import re
import unicodedata
from functools import cache

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

_ADDRESS = re.compile(r"(?<!@)(?<![^\s,;:<>()\[\]\"])[^\s@,;:<>()\[\]\"]+@[^\s@,;<>()\[\]\"]+[^\s@,;<>()\[\]\".!?:']")
_AT = r"(?:\s*@\s*|\s*[(\[]\s*at\s*[)\]]\s*|\s+(?:at|arroba)\s+)"
_DOT = r"(?:\.|\s+\.\s*|\s*[(\[]\s*dot\s*[)\]]\s*|\s+(?:dot|punto|point)\s+)"
_JOINER = {
    "underscore": "_",
    "under score": "_",
    "guion bajo": "_",
    "dash": "-",
    "hyphen": "-",
    "guion": "-",
    "plus": "+",
    "dot": ".",
    "punto": ".",
    "point": ".",
}
_JOINED = r"\s+(?:" + "|".join(sorted(_JOINER, key=len, reverse=True)).replace("guion", "gui[oó]n") + r")\s+"
_SPELLED = re.compile(
    rf"(?<![\w@.+-])(?P<local>[\w.+-]+(?:{_JOINED}[\w.+-]+)*)(?P<at>{_AT})(?P<domain>[\w-]+(?:{_DOT}[\w-]+)+)(?![\w@])",
    re.IGNORECASE,
)
_LABEL = r"(?:e-?mail|correo)(?:\s+(?:electr[oó]nico|address|addr|id))?(?:\s*(?:is|es|:|=))?"
_AS_IN = re.compile(r"(?<![\w'])([a-z]),? (?:as in|like in|like|as|for|de|como) [a-z]+", re.IGNORECASE)
_RUN = re.compile(r"(?<![\w-])[a-z0-9](?:-[a-z0-9])+(?![\w-])", re.IGNORECASE)
_TOLD_DOMAIN = re.compile(rf"[\s,]+(?:at|arroba)\s+(?P<domain>[\w-]+(?:{_DOT}[\w-]+)+)(?![\w@])", re.IGNORECASE)
_PIECE = re.compile(r"[^\s,]+")
_LONGEST = 300
"""Characters of a message in which an address may be dictated."""
_NOT_LOCAL = frozenset(
    "my the a an on is at with mi mail email e-mail id address use via have has got through by el la un de es en no "  # noqa: SIM905
    "correo its it's it to me at and y or".split()
)


_LEAD_IN = _NOT_LOCAL | {
    "its",
    "it's",
    "sure",
    "yes",
    "ok",
    "si",
    "by",
    "reach",
    "write",
    "contact",
    "o",
    "que",
    "best",
    "thats",
    "that's",
    "here's",
}


def email_span(text: str, *, expected: bool = False) -> tuple[int, int] | None:
    """Where an e-mail address stands, typed or spelled; None without one. One of a known provider whose @ or dot is
    missing counts only where an address is `expected`, or behind a word for it."""
    if (typed := _ADDRESS.search(text)) is not None:
        return typed.span()
    if (dictated := _dictated(text)) is not None:
        return dictated[:2]
    hit = next((hit for hit in _SPELLED.finditer(text) if _is_spelled(hit)), None)
    if hit:
        return hit.span()
    hit = _unpunctuated(text) if expected or re.search(rf"\b{_LABEL}", text, re.IGNORECASE) else None
    return hit.span("whole") if hit else None


def email(said: str, _context: ParseContext) -> Parsed | Rejected:
    """The address as typed; whether the mailbox exists is not asked of any network."""
    if re.search(r"@[^\s@]*@", said):
        return Rejected("email_wrong")
    span = email_span(said, expected=True)
    if span is None:
        return Rejected("email_wrong" if "@" in said or _SPELLED.search(said) else "email_missing")
    typed = _put_together(said[slice(*span)])
    return Parsed(typed) if _is_address(typed) else Rejected("email_wrong")


def _dictated(text: str) -> tuple[int, int, str] | None:
    """Start, end and value of an address that is told letter by letter: "m as in mary, k-i-m at post.example".
    None where no letter of it is told so."""
    domain = _TOLD_DOMAIN.search(text) if len(text) <= _LONGEST else None
    if domain is None:
        return None
    before = text[: domain.start()]
    letters = {hit.start(): (hit.end(), hit[1]) for hit in _AS_IN.finditer(before)}
    letters |= {hit.start(): (hit.end(), hit[0].replace("-", "")) for hit in _RUN.finditer(before)}
    told: list[tuple[int, str, bool]] = []
    at = 0
    while piece := _PIECE.search(before, at):
        end, value = letters.get(piece.start(), (piece.end(), ""))
        part = (
            value
            or _JOINER.get(piece[0].lower(), "")
            or (piece[0] if len(piece[0]) == 1 and piece[0].isalnum() else "")
        )
        last = end == len(before) and piece[0].isalnum()  # "dot hughes at": the last part may be a word
        told = [*told, (piece.start(), part or piece[0], bool(value))] if part or (last and told) else []
        at = end
    if not any(spelled for _, _, spelled in told):
        return None
    address = (
        "".join(part for _, part, _ in told).lower() + "@" + re.sub(_DOT, ".", domain["domain"], flags=re.IGNORECASE)
    )
    return told[0][0], domain.end(), address


def _is_spelled(hit: re.Match[str]) -> bool:
    """ "We met at home.Then" is no address: a bare dot belongs to an address only behind a real @."""
    if "@" in hit["at"]:
        return True
    before = re.search(r"([\w'’]+)\s+$", hit.string[: hit.start()])
    if before and fold(before[1]) not in _LEAD_IN:
        return False  # "sam cole at mail": nobody knows how these two are joined
    spelled_dot = re.search(r"\b(?:dot|punto|point)\b", hit["domain"], re.IGNORECASE)
    return bool(spelled_dot or re.fullmatch(rf"(?:{_providers()})\.\w+", fold(hit["domain"])))


@cache
def _provider_ends() -> dict[str, str]:
    return dict(read_yaml("app.dialogue.slots", "mail_providers.yaml")["providers"])


@cache
def _providers() -> str:
    return "|".join(sorted(_provider_ends(), key=len, reverse=True))


@cache
def _loose() -> re.Pattern[str]:
    """One word and perhaps a number, then a provider: two words could have been joined in more than one way."""
    long_ones = "|".join(name for name in _providers().split("|") if len(name) >= 5)
    end = r"(?:\s*(?:[. ,]|\bdot\b|\bpunto\b)?\s*(?P<end>com|net|es|com\.mx))"
    return re.compile(
        rf"(?:^|[,;:]\s*|\d\s+|(?:\b{_LABEL}|\b(?:its?|it's|is|es|yes|sure|and|y|or|o|my|mi))\s+)"
        rf"(?P<whole>(?P<local>[a-z][\w.+-]*?(?:\s\d{{1,6}})?)(?:"
        rf"(?:\s*@\s*|\s+(?:at|arroba)\s+)(?P<named>{_providers()})(?:{end})?|"
        rf"\s+(?P<spaced>{_providers()}){end.replace('<end>', '<end2>')}|"
        rf"(?P<glued>{long_ones}){end.replace('<end>', '<end3>')}))(?![\w@])",
        re.IGNORECASE,
    )


def _unpunctuated(text: str) -> re.Match[str] | None:
    hit = _loose().search(text)
    while hit and hit["local"].lower() in _NOT_LOCAL:
        hit = _loose().search(text, hit.start("whole"))
    return hit


def _put_together(typed: str) -> str:
    """The address that spelled or torn words mean."""
    if _ADDRESS.fullmatch(typed):
        return typed
    if (dictated := _dictated(typed)) is not None and dictated[:2] == (0, len(typed)):
        return dictated[2]
    if hit := _SPELLED.fullmatch(typed):
        local = re.sub(
            _JOINED, lambda part: _JOINER[" ".join(part[0].lower().split())], hit["local"], flags=re.IGNORECASE
        )
        return local + "@" + re.sub(_DOT, ".", hit["domain"], flags=re.IGNORECASE)
    hit = _unpunctuated(typed)
    if hit is None:
        return typed
    provider = (hit["named"] or hit["spaced"] or hit["glued"]).lower()
    end = hit["end"] or hit["end2"] or hit["end3"] or _provider_ends()[provider]
    return f"{''.join(hit['local'].split())}@{provider}.{end.lower()}"


def _is_address(typed: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    if any(unicodedata.category(char)[0] in "SC" for char in typed if not char.isascii()):
        return False
    try:
        validate_email(typed, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return False
    return True
