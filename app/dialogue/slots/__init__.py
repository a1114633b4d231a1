"""One parser per slot type: a patient's words become a normal form, or a reason why not; here and nowhere else."""

from app.dialogue.private import mask
from app.dialogue.slots.addresses import email
from app.dialogue.slots.birth_date import birth_date
from app.dialogue.slots.body_parts import body_part
from app.dialogue.slots.contact import contact, phone
from app.dialogue.slots.dates import date_said
from app.dialogue.slots.event_date import event_date
from app.dialogue.slots.insurance import NO_INSURANCE, carrier, member_id
from app.dialogue.slots.names import person_name
from app.dialogue.slots.npi import npi
from app.dialogue.slots.options import choice, yes_no
from app.dialogue.slots.plain import free_text, reason, zip_code
from app.dialogue.slots.provider import SELF_REFERRED, provider, specialty
from app.dialogue.slots.result import ParseContext, Parsed, Parser, Rejected
from app.dialogue.slots.windows import preferred_times

PARSERS: dict[str, Parser] = {
    "person_name": person_name,
    "contact": contact,
    "phone": phone,
    "fax": phone,
    "email": email,
    "provider": provider,
    "specialty": specialty,
    "reason": reason,
    "body_part": body_part,
    "carrier": carrier,
    "member_id": member_id,
    "npi": npi,
    "preferred_times": preferred_times,
    "zip": zip_code,
    "date": date_said,
    "event_date": event_date,
    "birth_date": birth_date,
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
