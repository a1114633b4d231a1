"""Reads a patient's words as the value of one slot of an action."""

from collections.abc import Mapping
from datetime import date

from app.dialogue.action import SlotSpec
from app.dialogue.slots import ParseContext, Parsed, Rejected, parse


def read_value(spec: SlotSpec, said: str, today: date, payers: Mapping[str, str], language: str) -> Parsed | Rejected:
    """The value in normal form. A choice is read in the patient's language first, then in the others; its value is
    the same in all of them."""
    if spec.type != "choice":
        return parse(spec.type, said, ParseContext(today, payers))
    read: Parsed | Rejected = Rejected("choice_unclear")
    for options in dict.fromkeys([spec.options(language), *spec.choice_words.values(), spec.choices]):
        read = parse(spec.type, said, ParseContext(today, payers, choices=options))
        if isinstance(read, Parsed):
            return Parsed(spec.choices[options.index(read.value)])
    return read
