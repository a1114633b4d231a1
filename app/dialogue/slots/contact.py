"""A way to reach the patient: a phone number in E.164, or an e-mail address kept as it was typed."""

import re
from collections.abc import Iterator

from app.dialogue.slots.result import ParseContext, Parsed, Rejected

_DIGITS = re.compile(
    r"(?<![\w@.+])(\+?\(?\d(?:[\s().\-–/]{0,3}\d){6,17})(?!\w)(?:\s*(?:x|ext\.?|extension)\s*\d{1,6}\b)?"
)
_ADDRESS = re.compile(r"[^\s@,;<>()\[\]\"]+@[^\s@,;<>()\[\]\"]+[^\s@,;<>()\[\]\".!?:]")
_SPOKEN = re.compile(r"\b([\w.+-]+)\s+(?:at|arroba)\s+([\w-]+(?:\s+(?:dot|punto)\s+[\w-]+)+)\b", re.IGNORECASE)


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where in the text a run of digits stands that could be dialled (whether it can be is not checked)."""
    for hit in _DIGITS.finditer(text):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}", hit[1].strip()):
            yield hit.start(), hit.end()


def email_span(text: str) -> tuple[int, int] | None:
    """Where an e-mail address stands, typed or spelled ("rosa at mail dot example"); None without one."""
    hit = _ADDRESS.search(text) or _SPOKEN.search(text)
    return hit.span() if hit else None


def phone_number(digits: str, region: str) -> str | None:
    """E.164, or None when nobody could dial it. Fictional 555-01xx numbers are taken: only the form is checked."""
    import phonenumbers  # its tables take 50 ms to load: only when a number is read

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if number.country_code == 1 and str(number.national_number)[0] in "01":
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone(said: str, context: ParseContext) -> Parsed | Rejected:
    """The first number in the words that can be dialled."""
    for start, end in phone_spans(said):
        if number := phone_number(said[start:end], context.region):
            return Parsed(number)
    count = len(re.sub(r"\D", "", said))
    if not count:
        return Rejected("phone_missing")
    return Rejected("phone_short" if count < 10 else "phone_long" if count > 11 else "phone_wrong")


def email(said: str, _context: ParseContext) -> Parsed | Rejected:
    """The address as typed; whether the mailbox exists is not asked of any network."""
    span = email_span(said)
    if span is None:
        return Rejected("email_wrong" if "@" in said else "email_missing")
    typed = said[slice(*span)]
    if "@" not in typed:
        local, _, domain = re.sub(r"\s+(?:at|arroba)\s+", "@", typed, count=1, flags=re.IGNORECASE).partition("@")
        typed = local + "@" + re.sub(r"\s+(?:dot|punto)\s+", ".", domain, flags=re.IGNORECASE)
    return Parsed(typed) if _is_address(typed) else Rejected("email_wrong")


def _is_address(typed: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


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
