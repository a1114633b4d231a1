"""Whether two papers say different things about what was asked: another number, another yes or no. Then neither is said
alone: the patient sees both, and the coordinator is told."""

import re
from collections.abc import Sequence

from app.answering.cosines import Likeness
from app.answering.kinds import Kind, is_number
from app.answering.question import Asked
from app.answering.terms import fold, lexicon, words
from app.answering.units import POLAR, Unit

# Two pieces of two papers are about one thing from this cosine on, or when this share of their words is the same.
ONE_THING, SAME_WORDS = 0.6, 0.5
_COUNTED = frozenset({Kind.MONEY, Kind.HOURS, Kind.DURATION, Kind.NUMBER, Kind.FREQUENCY, Kind.AVAILABILITY, Kind.DAYS})
_FIGURE = re.compile(r"\d[\d,]*(?:[.:]\d+)?")
_NO = re.compile(
    r"\b(?:no|not|never|neither|cannot|none|nor|without|unable|only|unless|except)\b|n't\b|\bout[- ]of[- ]network\b"
)


def contradicted(asked: Asked, best: Unit, others: Sequence[Unit], likeness: Likeness | None) -> Unit | None:
    """The first of `others`, supported ones of other papers, that says something else about the same thing."""
    rivals = [unit for unit in others if unit.passage.document_id != best.passage.document_id]
    return next((unit for unit in rivals if _differs(asked, best, unit) and _one_thing(best, unit, likeness)), None)


def _differs(asked: Asked, one: Unit, other: Unit) -> bool:
    if asked.kind in _COUNTED:
        here, there = _figures(one.shown), _figures(other.shown)
        return bool(here and there) and here.isdisjoint(there)
    if not POLAR.match(asked.core):
        return False
    return bool(_NO.search(fold(one.read))) is not bool(_NO.search(fold(other.read)))


def _figures(text: str) -> frozenset[str]:
    """Amounts, times and counts, in digits or letters, each in one form: "$45.00" is 45."""
    digits = {figure.replace(",", "").removesuffix(".00").removesuffix(":00") for figure in _FIGURE.findall(text)}
    return frozenset(digits | {word.folded for word in words(text) if word.folded.isalpha() and is_number(word.folded)})


def _one_thing(one: Unit, other: Unit, likeness: Likeness | None) -> bool:
    if likeness is not None:
        return likeness(one.read, [other.read])[0] >= ONE_THING
    small = lexicon().small
    here, there = ({word.stem for word in words(unit.read)} - small for unit in (one, other))
    return len(here & there) >= SAME_WORDS * min(len(here), len(there))
