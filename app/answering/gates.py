"""What a unit must have to be an answer at all, whatever else speaks for it: the insurer, person or brand that is
named, the day, and the kind of fact that is asked for."""

import re
from collections.abc import Mapping

from app.answering.cosines import Cosines
from app.answering.days import days_named
from app.answering.kinds import Kind, about_else, asked_kind, holds, is_number, speaks_of_acceptance, wants_it_brought
from app.answering.needs import Need
from app.answering.question import Asked
from app.answering.support import IN_HEADING, NEARBY
from app.answering.terms import grams, lexicon, words
from app.answering.units import POLAR, Unit
from app.answering.wants import offered
from knowledge.types import ChunkKind

# From this cosine on, a text speaks of a word that it does not say.
NEARLY = 0.4

_VOICE = re.compile(r"\b(?:phone|call|tel|telephone|telefono|teléfono)\b", re.IGNORECASE)


def may_answer(asked: Asked, unit: Unit, met: Mapping[Need, float]) -> bool:
    """Whether nothing forbids quoting `unit`, whose credits are `met`."""
    if not _names_all(asked, unit, met) or _only_wanted(asked, unit):
        return False
    return asked.kind is None or _right_kind(asked, asked.kind, unit)


def _only_wanted(asked: Asked, unit: Unit) -> bool:
    """Whether the question asks if a thing is there, and the unit tells patients to bring one."""
    if not (offered(asked.text) and POLAR.match(asked.core)) or wants_it_brought(asked.meaning):
        return False
    return wants_it_brought(unit.read)


def has_essentials(asked: Asked, met: Mapping[Need, float], near: Cosines) -> bool:
    """Whether the unit says, or by vectors nearly says, what the question cannot do without."""
    return all(met[need] or near.word.get(need, 0.0) >= NEARLY for need in asked.essential)


def _names_all(asked: Asked, unit: Unit, met: Mapping[Need, float]) -> bool:
    named = [need for need in asked.needs if need.named]
    if any(need.alike & lexicon().payers for need in named) and not speaks_of_acceptance(f"{unit.above} {unit.read}"):
        return False
    return all(met[need] >= _floor(need, unit) for need in named)


def _floor(need: Need, unit: Unit) -> float:
    """A name may stand in another sentence of the paragraph, but not in another row or item; an insurer's must stand
    in or above the unit, or what is said of another would be said of it."""
    apart = unit.passage.chunk.kind in (ChunkKind.ROW, ChunkKind.LIST)
    return IN_HEADING if apart or need.alike & lexicon().payers else NEARBY


def _right_kind(asked: Asked, kind: Kind, unit: Unit) -> bool:
    lead_asks = unit.questioned and asked_kind(unit.lead) is kind
    if not holds(unit.shown, kind, f"{unit.above} {unit.lead}"):
        return False
    if kind is Kind.NUMBER and asked.counted and not _counts(unit.shown, asked.counted):
        return False
    spoken = unit.lead if lead_asks else f"{unit.lead} {unit.shown}"
    if about_else(spoken, kind, asked.meaning):
        return kind is Kind.PHONE and bool(_VOICE.search(unit.shown))
    return kind is not Kind.HOURS or not asked.days or asked.days <= days_named(unit.shown)


def _counts(text: str, counted: Need) -> bool:
    """Whether a number stands within a few words of what is counted: "three terms" is no number of visits."""
    there = words(text)
    numbers = [at for at, word in enumerate(there) if is_number(word.folded)]
    return any(counted.met(grams(" ".join(word.raw for word in there[max(0, at - 4) : at + 5]))) for at in numbers)
