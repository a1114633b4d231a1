"""One parser per slot type: a patient's words become a normal form, or a reason why not; here and nowhere else."""

from app.dialogue.private import mask
from app.dialogue.slots.contact import contact, email, phone
from app.dialogue.slots.dates import date_said
from app.dialogue.slots.insurance import NO_INSURANCE, carrier, member_id
from app.dialogue.slots.names import person_name
from app.dialogue.slots.plain import choice, free_text, reason, yes_no, zip_code
from app.dialogue.slots.provider import SELF_REFERRED, provider, specialty
from app.dialogue.slots.result import ParseContext, Parsed, Parser, Rejected
from app.dialogue.slots.windows import preferred_times

PARSERS: dict[str, Parser] = {
    "person_name": person_name,
    "contact": contact,
    "phone": phone,
    "email": email,
    "provider": provider,
    "specialty": specialty,
    "reason": reason,
    "carrier": carrier,
    "member_id": member_id,
    "preferred_times": preferred_times,
    "zip": zip_code,
    "date": date_said,
    "yes_no": yes_no,
    "choice": choice,
    "text": free_text,
}

LONGEST = 1000


def parse(kind: str, said: str, context: ParseContext) -> Parsed | Rejected:
    """Reads `said` as a value of type `kind` (a key of PARSERS; KeyError otherwise). Never raises for any text."""
    parser = PARSERS[kind]
    _, found = mask(said)
    if found:
        return Rejected(f"{found[0]}_not_kept")
    said = " ".join(said.split())
    if not said:
        return Rejected("empty")
    if len(said) > LONGEST:
        return Rejected("too_long")
    return parser(said, context)


__all__ = ["NO_INSURANCE", "PARSERS", "SELF_REFERRED", "ParseContext", "Parsed", "Parser", "Rejected", "parse"]
