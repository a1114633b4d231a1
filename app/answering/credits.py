"""How well a piece of a paper speaks of the things that a question is about, by words alone."""

from collections.abc import Mapping

from app.answering.needs import Need
from app.answering.question import Asked
from app.answering.terms import grams
from app.answering.units import Unit
from knowledge.types import ChunkKind

# How much a need counts where it is met: in the words shown, in what introduces them, in the headings above, in another
# sentence of the paragraph. Where a question leads in, its words say better what the answer is about than its own.
IN_TEXT, IN_LEAD, IN_ANSWER, IN_HEADING, NEARBY = 1.0, 0.9, 0.9, 0.75, 0.5


def credits(asked: Asked, unit: Unit) -> dict[Need, float]:
    """How well the unit speaks of each need, 0 to 1; words only."""
    prose = unit.at >= 0 and unit.passage.chunk.kind is not ChunkKind.LIST
    places = (
        (IN_TEXT, grams(unit.lead)) if unit.questioned else (IN_TEXT, unit.body_grams),
        (IN_ANSWER, unit.body_grams) if unit.questioned else (IN_LEAD, grams(unit.lead)),
        (IN_HEADING, grams(unit.above)),
        (NEARBY if prose else 0.0, grams(unit.passage.chunk.text)),
    )
    return {need: next((credit for credit, there in places if need.met(there)), 0.0) for need in asked.needs}


def said(asked: Asked, met: Mapping[Need, float]) -> float:
    """Of what the question says, by weight, the share that is said by a unit with these credits."""
    if not asked.weight:
        return float(asked.kind is not None)
    return sum(need.weight * (IN_TEXT if need.by_kind else credit) for need, credit in met.items()) / asked.weight
