"""What a unit must have to be an answer at all, whatever else speaks for it: the insurer, person or brand that is
named, the day, and the kind of fact that is asked for."""

from collections.abc import Mapping

from app.answering.cosines import Cosines
from app.answering.holding import kind_apart, lacks_kind
from app.answering.kinds import speaks_of_acceptance, wants_it_brought
from app.answering.needs import WORD_WEIGHT, Need
from app.answering.question import ACCEPT, Asked
from app.answering.support import IN_HEADING, NEARBY
from app.answering.terms import grams, lexicon
from app.answering.units import POLAR, Unit
from app.answering.wants import offered
from knowledge.types import ChunkKind

# From this cosine on, a text speaks of a word that it does not say.
NEARLY = 0.4


def may_answer(asked: Asked, unit: Unit, met: Mapping[Need, float]) -> bool:
    """Whether nothing forbids quoting `unit`, whose credits are `met`."""
    if not _names_all(asked, unit, met) or _only_wanted(asked, unit) or not _grants(asked, unit):
        return False
    return asked.kind is None or not (lacks_kind(asked, asked.kind, unit) or kind_apart(asked, asked.kind, unit))


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
    insured = any(need.alike & lexicon().payers for need in named)
    if insured and not _asks_more(asked) and not speaks_of_acceptance(f"{unit.above} {unit.read}"):
        return False
    return all(met[need] >= _floor(need, unit) for need in named)


def _grants(asked: Asked, unit: Unit) -> bool:
    """Whether the passage speaks of what the question takes for granted: of every name, and of half of the rest."""
    if not asked.premise:
        return True
    there = grams(unit.passage.chunk.searchable())
    spoken = [need for need in asked.premise if need.met(there)]
    return all(need in spoken for need in asked.premise if need.named) and 2 * len(spoken) >= len(asked.premise)


def _asks_more(asked: Asked) -> bool:
    """Whether more is asked than if an insurer is accepted: what it wants, what it pays."""
    more = (need for need in asked.needs if need.weight >= WORD_WEIGHT and not need.named and ACCEPT not in need.alike)
    return asked.kind is not None or any(more)


def _floor(need: Need, unit: Unit) -> float:
    """A name may stand in another sentence of the paragraph, but not in another row or item; an insurer's must stand
    in or above the unit, or what is said of another would be said of it."""
    apart = unit.passage.chunk.kind in (ChunkKind.ROW, ChunkKind.LIST)
    return IN_HEADING if apart or need.alike & lexicon().payers else NEARBY
