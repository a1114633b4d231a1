"""National Provider Identifiers: ten digits, the last of which checks the others."""

import re

from app.dialogue.check_digit import luhn
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.spelled import spelled_digits

ISSUER = "80840"
"""What an NPI is preceded by when its check digit is computed (ISO 7812: health, United States)."""


def is_npi(digits: str) -> bool:
    """True for ten digits, the first 1 or 2, with a right check digit."""
    return bool(re.fullmatch(r"[12]\d{9}", digits)) and luhn(ISSUER + digits)


def npi(said: str, _context: ParseContext) -> Parsed | Rejected:
    """Ten digits without spaces."""
    runs = [re.sub(r"\D", "", run) for run in re.findall(r"\d(?:[ -]?\d)*", spelled_digits(said))]
    if right := next((digits for digits in runs if is_npi(digits)), None):
        return Parsed(right)
    digits = max(runs, key=len, default="")
    if not digits:
        return Rejected("npi_missing")
    return Rejected("npi_check" if len(digits) == 10 else "npi_length")
