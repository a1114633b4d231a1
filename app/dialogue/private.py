"""Numbers that the desk never keeps: full social security and card numbers are masked before anything is stored."""

import re
from typing import Literal

Kind = Literal["ssn", "card"]

_SSN = re.compile(r"(?<![\dA-Za-z-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])")
_SAID_SSN = re.compile(
    r"((?:\bssn\b|\bsocial(?: security)?\b|\bseguro social\b)[^\d\n]{0,30})(\d(?:[ -]?\d){8})(?!\d)", re.IGNORECASE
)
_CARD = re.compile(r"(?<![\dA-Za-z+])[3-6]\d{3}(?:[ -]?\d){9,15}(?!\d)")
MASKS: dict[Kind, str] = {"ssn": "[social security number removed]", "card": "[card number removed]"}
"""What is stored instead. The turn is decided on the stored words, so the mask must still tell what was there."""


def _is_card(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return 13 <= len(digits) <= 19 and total % 10 == 0


def mask(text: str) -> tuple[str, tuple[Kind, ...]]:
    """The text with such numbers replaced by their mask, and which kinds it holds; masking twice changes nothing."""
    text = _SSN.sub(MASKS["ssn"], _SAID_SSN.sub(lambda hit: hit[1] + MASKS["ssn"], text))
    text = _CARD.sub(lambda hit: MASKS["card"] if _is_card(re.sub(r"\D", "", hit[0])) else hit[0], text)
    return text, tuple(kind for kind, shown in MASKS.items() if shown in text)
