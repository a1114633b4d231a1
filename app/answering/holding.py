"""Whether a unit holds the kind of fact that is asked for, and of the matter that is asked about."""

import re

from app.answering.kinds import Kind, about_else, asked_kind, holds, is_number
from app.answering.needs import Need
from app.answering.question import Asked
from app.answering.terms import grams, words
from app.answering.units import Unit

_VOICE = re.compile(r"\b(?:phone|call|tel|telephone|telefono|teléfono)\b", re.IGNORECASE)


def lacks_kind(asked: Asked, kind: Kind, unit: Unit) -> bool:
    """Whether `unit` has no fact of `kind`, or counts something else."""
    if not holds(unit.shown, kind, f"{unit.above} {unit.lead}"):
        return True
    return kind is Kind.NUMBER and asked.counted is not None and not _counts(unit.shown, asked.counted)


def kind_apart(asked: Asked, kind: Kind, unit: Unit) -> bool:
    """Whether the fact in `unit` is about a matter that the question does not speak of, such as a fax number."""
    lead_asks = unit.questioned and asked_kind(unit.lead) is kind
    spoken = unit.lead if lead_asks else f"{unit.lead} {unit.shown}"
    if not about_else(spoken, kind, asked.meaning):
        return False
    return not (kind is Kind.PHONE and _VOICE.search(unit.shown))


def _counts(text: str, counted: Need) -> bool:
    """Whether a number stands within a few words of what is counted: "three terms" is no number of visits."""
    there = words(text)
    numbers = [at for at, word in enumerate(there) if is_number(word.folded)]
    return any(counted.met(grams(" ".join(word.raw for word in there[max(0, at - 4) : at + 5]))) for at in numbers)
