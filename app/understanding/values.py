"""Finds field values in running text by their kind; each kind has a file of its own."""

import re
from collections.abc import Mapping
from datetime import date

from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import carrier as parse_carrier
from app.dialogue.slots.insurance import find_payer
from app.dialogue.slots.provider import find_specialty
from app.dialogue.slots.result import ParseContext, Parsed
from app.understanding.birth_dates import births_in
from app.understanding.coverage import insurance_in
from app.understanding.event_dates import surgeries_in
from app.understanding.found import Found
from app.understanding.numbers import codes_in, contacts_in, ids_in
from app.understanding.people import doctor_called, names_in, providers_in
from app.understanding.reasons import reasons_in
from app.understanding.wished_times import names_times, times_in


def find_values(text: str, payers: Mapping[str, str], asked: str | None = None) -> list[Found]:
    """Every value that can be told by its form. `asked` is the type being asked for: free text that answers a
    question is not searched for what only looks like a field."""
    free = asked in ("reason", "text", "preferred_times", "choice", "body_part")
    carriers = insurance_in(text, payers, sure=asked == "carrier", unlikely=free or asked == "provider")
    called = doctor_called(text, asked) if asked == "provider" or _OF_A_DOCTOR.search(text) else None
    told = [] if called else names_in(text)
    if told and carriers and _bears_a_payers_name(told[0], carriers[0], text, payers):
        hidden = text.replace(told[0].said, " " * len(told[0].said), 1)
        carriers = insurance_in(hidden, payers, sure=asked == "carrier", unlikely=free or asked == "provider")
    names = [name for name in told if not any(name.start <= one.start < name.end for one in carriers)]
    names = [called] if called else names
    found = [*births_in(text, asked), *codes_in(text, asked), *contacts_in(text, asked)]
    found += [*names, *ids_in(text, asked), *carriers]
    if (not free or re.search(r"refer", text, re.IGNORECASE)) and called is None:
        found += providers_in(text, asked)
    surgeries = surgeries_in(text) if asked not in ("event_date", "date") else []
    if not free:
        found += [] if surgeries and not names_times(_without(text, surgeries[0])) else times_in(text, asked)
    found += surgeries
    told_kind = asked == "specialty" and (
        any(one.kind == "specialty" for one in found) or find_specialty(text, typos=True)
    )
    if asked != "provider" and not free and not told_kind:
        found += reasons_in(text)
    return _without_overlap([value for value in found if not _was_called(value, text)])


def _bears_a_payers_name(name: Found, carrier: Found, text: str, payers: Mapping[str, str]) -> bool:
    """ "Me llamo Óscar Peña": who is introduced by more words than an insurance has is a person."""
    at = text.find(name.said)
    if not at <= carrier.start < at + len(name.said) or _IT_IS.search(text[:at]):
        return False
    hit = find_payer(fold(name.said), payers)
    read = parse_carrier(name.said, ParseContext(date.min, payers))
    if hit is None or not isinstance(read, Parsed):
        return False
    alias = fold(name.said)[slice(*hit[:2])].split()
    return len(alias) == 1 and not {*fold(name.said).split()} <= {*alias, *fold(read.value).split()}


_IT_IS = re.compile(r"(?:\b(?:it'?s|it is|that'?s)|\bes)\s*$", re.IGNORECASE)
_OF_A_DOCTOR = re.compile(r"\b(?:doctor|dr|doc|surgeon|pa|np|provider)'?s name\b", re.IGNORECASE)
_CALLED = re.compile(
    r"\b(?:(?:tried|trying|been) (?:to call|calling)|(?:i|we|keep|kept) call(?:ed|ing)|llam[eé])(?: you)?(?: at|"
    r" on| al)?\s*$",
    re.IGNORECASE,
)


def _was_called(value: Found, text: str) -> bool:
    """True for the number that a patient dialled: it is the clinic's."""
    return value.kind in ("contact", "phone") and bool(_CALLED.search(text[: value.start]))


def _without(text: str, value: Found) -> str:
    return f"{text[: value.start]} {text[value.end :]}"


def _without_overlap(found: list[Found]) -> list[Found]:
    kept: list[Found] = []
    for item in found:
        covers_all = item.kind in ("specialty", "reason", "preferred_times", "event_date")
        clash = any(item.start < other.end and other.start < item.end for other in kept)
        if covers_all or not clash:
            kept.append(item)
    return kept
