"""What a unit must have to be an answer at all, whatever else speaks for it: the insurer, person or brand that is
named, the day, and the kind of fact that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.answering.cosines import Cosines
from app.answering.credits import IN_HEADING, NEARBY
from app.answering.holding import kind_apart, lacks_kind
from app.answering.kinds import POINTED, speaks_of_acceptance, wants_it_brought
from app.answering.needs import WORD_WEIGHT, Need
from app.answering.question import ACCEPT, Asked
from app.answering.terms import grams, lexicon
from app.answering.units import POLAR, Unit
from app.answering.wants import offered
from knowledge.types import ChunkKind

# From this cosine on, a text speaks of a word that it does not say.
NEARLY = 0.4


@dataclass(frozen=True, slots=True)
class Bars:
    """What forbids quoting a unit."""

    forbidden: bool
    """Whether it speaks of another insurer, person or thing than the one that is named, has no hours, address or the
    like where these are asked for, counts something else, or does not speak of what the question takes for granted: no
    reading allows that."""
    lacks_kind: bool
    """Whether it has no fact of the kind that is asked for; this and the next speak against a unit that is read
    together with the question, and forbid any other."""
    kind_apart: bool

    def let_through(self, *, read: bool) -> bool:
        """Whether the unit may be quoted at all."""
        return not self.forbidden and (read or not (self.lacks_kind or self.kind_apart))


def bars(asked: Asked, unit: Unit, met: Mapping[Need, float]) -> Bars:
    """Those of `unit`, whose credits are `met`."""
    kind = asked.kind
    lacking = kind is not None and lacks_kind(asked, kind, unit)
    indispensable = kind in POINTED or asked.counted is not None
    return Bars(
        forbidden=(lacking and indispensable)
        or not (_names_all(asked, unit, met) and _grants(asked, unit))
        or _only_wanted(asked, unit),
        lacks_kind=lacking,
        kind_apart=kind is not None and kind_apart(asked, kind, unit),
    )


def _only_wanted(asked: Asked, unit: Unit) -> bool:
    """Whether the question asks if a thing is there, and the unit tells patients to bring one."""
    if not (offered(asked.text) and POLAR.match(asked.core)) or wants_it_brought(asked.meaning):
        return False
    return wants_it_brought(unit.read)


def has_essentials(asked: Asked, met: Mapping[Need, float], near: Cosines) -> bool:
    """Whether the unit says, or by vectors nearly says, what the question cannot do without."""
    return all(met[need] or near.word.get(need, 0.0) >= NEARLY for need in asked.essential)


def _names_all(asked: Asked, unit: Unit, met: Mapping[Need, float]) -> bool:
    """Whether it speaks of every name, and, where nothing but an insurer's is asked about, of accepting."""
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
