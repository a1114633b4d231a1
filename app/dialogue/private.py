"""Numbers that the desk never keeps: social security and card numbers are masked before anything is stored."""

import re
from collections.abc import Iterator
from typing import Literal

from app.dialogue.check_digit import luhn
from app.dialogue.spelled import spelled_digits

Kind = Literal["ssn", "card"]

MASKS: dict[Kind, str] = {"ssn": "[social security number removed]", "card": "[card number removed]"}
"""What is stored instead. The turn is decided on the stored words, so the mask must still tell what was there."""
_SOCIAL = (
    r"\b(?:ssns?|s\.s\.n\.?|soc(?:ial)?(?: sec(?:urity)?)?(?: ?(?:number|no\.?|num|#))?|"
    r"(?:n[uú]mero de )?(?:seguro|seguridad) social)(?!\w)"
)
_SEP = r"(?:\s{0,2}[-./–—_]\s{0,2}|\s{1,3})"
_GROUPED = re.compile(rf"(?<![\dA-Za-z+-])\d{{3}}{_SEP}\d{{2}}{_SEP}\d{{4}}(?![\d-])")
_NINE = r"\d(?:[ ./–—_-]{0,3}\d){8}(?![ -]?\d)"
_SAID_BEFORE = re.compile(rf"({_SOCIAL}[^\d\n]{{0,30}})({_NINE})", re.IGNORECASE)
_WHOSE = r"(?:(?:my|the|mi|her|his|su|el) )?"
_SAID_AFTER = re.compile(rf"(?<![\dA-Za-z+-]){_NINE}(?=\W{{0,3}}(?:is |es |= ?)?{_WHOSE}{_SOCIAL})", re.IGNORECASE)
_FILLING = (
    r"(?:(?:number|no|num|digits?|numbers?|last|four|4|is|are|es|son|the|of|my|mi|her|his|su|ends?|ending|with|in|termina|"
    r"en|los|[uú]ltim[oa]s|cuatro|d[ií]gitos|de|sorry|it'?s|actually|that'?s)\b|[\s:=#,.'’-])*"
)
_LAST_FOUR = re.compile(rf"({_SOCIAL}{_FILLING}(?<![\d]))(\d(?:[ -]?\d){{3}})(?![\d/:]|[ -]\d)", re.IGNORECASE)
_FOUR_FIRST = re.compile(
    rf"(?<![\dA-Za-z+/:-])\d{{4}}(?=\W{{1,3}}(?:(?:is|are|es|son|the|my|mi|los) )*(?:(?:last|[uú]ltimos) "
    rf"(?:four|4|cuatro)(?: (?:digits?|numbers?|d[ií]gitos))? (?:of|de) {_WHOSE})?{_SOCIAL})",
    re.IGNORECASE,
)
_ON_THE_INSURANCE_CARD = re.compile(
    r"\b(?:member(?:ship)?|subscriber|policy|insurance|plan|medicare|medicaid|miembro|p[oó]liza|afiliado|socio)"
    r"(?:\s*(?:id|i\.d\.|identification|number|no\.?|num|#|card))*\W*(?:is|es)?\W*$",
    re.IGNORECASE,
)
_ABROAD = re.compile(r"\+\d{1,3}[ .-]?$")
_GROUPS = re.compile(r"(?<![\dA-Za-z+])\d+(?:[ .\-–_]{1,3}\d+)*(?![A-Za-z])")
_CARD_SHAPES = re.compile(r"(?:4 4 4 4(?: [1-3])?|4 6 [45]|4 4 [45]|1(?: 1){12,18})")
_LENGTHS = range(13, 20)


def mask(text: str) -> tuple[str, tuple[Kind, ...]]:
    """The text with such numbers replaced by their mask, and which kinds it holds; masking twice changes nothing.

    Numbers in words count too. Nine digits written like a social security number are kept in one case only: behind
    the words "member ID" or the like, and with no word of social security in the message.
    """
    text = _masked(text)
    in_digits = spelled_digits(text)
    if (again := _masked(in_digits)) != in_digits:
        text = again
    return text, tuple(kind for kind, shown in MASKS.items() if shown in text)


def unmasked(text: str) -> str:
    """Masked text without the masks: what else was said."""
    for shown in MASKS.values():
        text = text.replace(shown, " ")
    return " ".join(text.split()).strip(" ,;:-")


def _masked(text: str) -> str:
    for pattern in (_SAID_BEFORE, _LAST_FOUR):
        text = pattern.sub(lambda hit: hit[1] + MASKS["ssn"], text)
    for pattern in (_SAID_AFTER, _FOUR_FIRST):
        text = pattern.sub(MASKS["ssn"], text)
    for start, end in reversed(list(_cards(text))):
        text = text[:start] + MASKS["card"] + text[end:]
    about_social = bool(re.search(_SOCIAL, text, re.IGNORECASE))
    return _GROUPED.sub(lambda hit: hit[0] if _is_other(hit, about_social) else MASKS["ssn"], text)


def _is_other(hit: re.Match[str], about_social: bool) -> bool:
    before = hit.string[: hit.start()]
    return bool(_ABROAD.search(before)) or (not about_social and bool(_ON_THE_INSURANCE_CARD.search(before)))


def _cards(text: str) -> Iterator[tuple[int, int]]:
    """Where card numbers stand: digits in a row, or in groups as cards have them, with a right check digit."""
    for run in _GROUPS.finditer(text):
        groups = [(run.start() + group.start(), group[0]) for group in re.finditer(r"\d+", run[0])]
        first = 0
        while first < len(groups):
            count = _card_at([digits for _, digits in groups[first : first + _LENGTHS.stop]])
            if count:
                start, (at, digits) = groups[first][0], groups[first + count - 1]
                yield start, at + len(digits)
            first += count or 1


def _card_at(groups: list[str]) -> int:
    """How many of these groups, from the first on, are one card number; 0 for none."""
    length = 0
    for count, digits in enumerate(groups, 1):
        length += len(digits)
        if length >= _LENGTHS.stop:
            return 0
        if length in _LENGTHS and _is_card(groups[:count]):
            return count
    return 0


def _is_card(groups: list[str]) -> bool:
    digits = "".join(groups)
    shaped = len(groups) == 1 or _CARD_SHAPES.fullmatch(" ".join(str(len(group)) for group in groups))
    return bool(shaped) and digits[0] in "23456" and luhn(digits)
