"""A way to reach the patient: a phone number in E.164, or an e-mail address."""

import re
from collections.abc import Iterator

from app.dialogue.slots.addresses import email
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.spelled import spelled_digits, spelled_runs

_DIGITS = re.compile(
    r"(?<![\w@.+])(\+?\(?\d(?:(?:[\s().\-–/]{0,3}|,?\s(?:and\s|y\s)?(?:then|luego|después|despues)\s)\d){6,17})(?!\w)(?:\s*,?\s*(?:x|ext\.?|extension|extensi[oó]n)\s*\d{1,6}\b)?",
    re.IGNORECASE,
)
_THEN = re.compile(r",?\s(?:and\s|y\s)?(?:then|luego|después|despues)\s", re.IGNORECASE)
"""Between the groups of a number; the library would read the letters as keys of a phone."""


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where in the text a number stands that could be dialled, in digits or in words (whether it can be is not
    checked)."""
    for hit in _DIGITS.finditer(text):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}", hit[1].strip()):
            yield hit.start(), hit.end()
    for start, end in spelled_runs(text):
        if len(spelled_digits(text[start:end])) >= 10:
            yield start, end


def phone_number(digits: str, region: str) -> str | None:
    """E.164, or None when nobody could dial it. Fictional 555-01xx numbers are taken: only the form is checked."""
    import phonenumbers  # its tables take 50 ms to load: only when a number is read

    try:
        number = phonenumbers.parse(_THEN.sub(" ", digits), region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if number.country_code == 1 and str(number.national_number)[0] in "01":
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone(said: str, context: ParseContext) -> Parsed | Rejected:
    """The first number in the words that can be dialled; an extension stays in the patient's words only."""
    said = spelled_digits(said)
    for start, end in phone_spans(said):
        if number := phone_number(said[start:end], context.region):
            return Parsed(number)
    count = len(re.sub(r"\D", "", said))
    if not count:
        return Rejected("phone_missing")
    return Rejected("phone_short" if count < 10 else "phone_long" if count > 11 else "phone_wrong")


def contact(said: str, context: ParseContext) -> Parsed | Rejected:
    """A phone number or an e-mail address: either is enough. An address wins when both are there and the number
    cannot be dialled."""
    number = phone(said, context)
    if isinstance(number, Parsed):
        return number
    address = email(said, context)
    if isinstance(address, Parsed) or "@" in said:
        return address
    return number if re.search(r"\d", said) else Rejected("contact_missing")
