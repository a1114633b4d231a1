"""A way to reach the patient: a phone number in E.164, or an e-mail address."""

import re
from collections.abc import Iterator

from app.dialogue.slots.addresses import email
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.spelled import spelled_digits, spelled_runs

_THEN_ = r"\)?[\s,.…]{0,4}\s(?:(?:and|y)\s)?(?:then|luego|después|despues)\s"
_GAP = rf"(?:[\s()\-–/]{{0,3}}|\s?\.(?!\s)|\)?\s\.\s|\.{{2,4}}\s?|…\s?|{_THEN_})"
"""A full stop and a space end a number: the next one begins a sentence."""
_NUMBER = rf"\+?\(?\d(?:{_GAP}[\doO]){{6,17}}"
_AREA = r"(?:area code|c[oó]digo de [aá]rea|prefijo)(?:'?s| is| es)?"
_DIGITS = re.compile(
    rf"(?<![\w@.+])(?:{_AREA}\W{{1,3}})?({_NUMBER})(?!\w)(?:\s*,?\s*(?:x|ext\.?|extension|extensi[oó]n)\s*\d{{1,6}}\b)?",
    re.IGNORECASE,
)
_AREA_LAST = re.compile(
    rf"(?<![\w@.+-])(?P<rest>\d{{3}}[\s.-]{{0,3}}\d{{4}})\W{{1,3}}(?:and |with |in |the |my |y |con |el ){{0,3}}"
    rf"{_AREA}\W{{1,3}}(?P<area>\d{{3}})(?!\w)",
    re.IGNORECASE,
)
_THEN = re.compile(_THEN_, re.IGNORECASE)
"""Between the groups of a number; the library would read the letters as keys of a phone."""


def phone_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where in the text a number stands that could be dialled, in digits or in words (whether it can be is not
    checked)."""
    for hit in _AREA_LAST.finditer(text):
        yield hit.span()
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
        number = phonenumbers.parse(written_out(digits), region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if number.country_code == 1 and str(number.national_number)[0] in "01":
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written_out(digits: str) -> str:
    """The number as a library reads it: no words between its groups, the area code first, no letter O for a zero."""
    if last := _AREA_LAST.fullmatch(digits):
        return f"{last['area']} {last['rest']}"
    bare = re.sub(rf"^{_AREA}\W+", "", _THEN.sub(" ", digits), flags=re.IGNORECASE)
    return re.sub(r"(?<![a-z])o(?![a-z])", "0", bare, flags=re.IGNORECASE)


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
