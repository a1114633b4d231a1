"""Weighs every quotable piece against what was asked and picks those that carry the answer, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.answering.cosines import Likeness, Models, cosines
from app.answering.disagreement import ONE_THING, contradicted
from app.answering.gates import has_essentials, may_answer
from app.answering.needs import Need
from app.answering.question import Asked
from app.answering.support import Known, Signs, credits, signs, support
from app.answering.units import Unit
from app.answering.window import fitting, window
from knowledge.types import ChunkKind, Passage

# The least share of an answer: its odds beside those of everything else that may be quoted, and of saying nothing, as
# the weights are fitted. Below it a question is refused; measured, see docs/answers.md.
ENOUGH = 0.4
# The least support of an answer where words alone decide, and of another paper's word against it.
ENOUGH_WORDS, ENOUGH_RIVAL = 0.4, 0.45
# Rows and items beside the best one are shown when their support comes this near to its.
NEAR_BEST = 0.75
# The same where a name is asked about and stands in them: one plan alone would pass for all of an insurer's.
NEAR_NAMED = 0.25
# Another paper contradicts the best unit when its own support comes this near to it.
NEAR_RIVAL = 0.5
MOST_ROWS = 4
# No support is surer than this: odds are counted in numbers.
LEAST_DOUBT = 1e-9
# Units that are compared with the question by vectors, the likeliest by words and by their passages' cosines: a new
# sentence costs some milliseconds. Below UNLIKELY a unit is not compared at all. Both measured, see docs/answers.md.
MOST_WEIGHED = 6
UNLIKELY = 0.005


@dataclass(frozen=True, slots=True)
class Selected:
    """What is to be quoted; two units that contradict each other when there is `disagreement`."""

    units: list[Unit]
    disagreement: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """A unit, its support, 0 to 1, and of what it is about the share that the question says."""

    unit: Unit
    support: float
    topic: float = 0.0


def select(asked: Asked, candidates: Sequence[Unit], models: Models | None = None) -> Selected:
    """The units to quote, those of one passage in reading order; none when nothing carries an answer."""
    known, likeness = _known(models), models.likeness if models else None
    weighed = [Weighed(unit, support(one, known), one.topic) for unit, one in weighable(asked, candidates, models)]
    weighed.sort(key=lambda w: -w.support)
    if not weighed or not _is_enough(weighed, likeness):
        return Selected([])
    best = weighed[0]
    least = ENOUGH_WORDS if likeness is None else ENOUGH_RIVAL
    rivals = [w.unit for w in weighed if w.support >= max(least, NEAR_RIVAL * best.support)]
    rival = contradicted(asked, best.unit, rivals, likeness)
    if rival is not None:
        return Selected([best.unit, rival], disagreement=True)
    return Selected(fitting(_companions(asked, best, weighed, candidates)))


def _known(models: Models | None) -> Known:
    if models is None:
        return Known.WORDS
    return Known.VECTORS if models.odds is None else Known.READING


def _is_enough(weighed: Sequence[Weighed], likeness: Likeness | None) -> bool:
    """Whether the first of `weighed`, the best one, carries an answer."""
    return weighed[0].support >= ENOUGH_WORDS if likeness is None else share(weighed, likeness) >= ENOUGH


def share(weighed: Sequence[Weighed], likeness: Likeness) -> float:
    """The share, 0 to 1, of the first of `weighed`, the best one, among all of them and saying nothing. What is shown
    beside it counts with it, and what another paper says about the same thing: neither puts it in doubt."""
    best, others = weighed[0], weighed[1:]
    near = likeness(best.unit.read, [one.unit.read for one in others]) if others else []
    beside = [one for one, like in zip(others, near, strict=True) if _is_sister(best, one) or _agrees(best, one, like)]
    return sum(_odds(one) for one in (best, *beside)) / (1 + sum(_odds(one) for one in weighed))


def _odds(one: Weighed) -> float:
    return one.support / max(1 - one.support, LEAST_DOUBT)


def _is_sister(best: Weighed, one: Weighed) -> bool:
    """Whether `one` is a row beside the row `best`, an item of its list or a sentence of its FAQ answer, and fits as
    well."""
    kind = one.unit.passage.chunk.kind
    whole = kind in (ChunkKind.LIST, ChunkKind.QUESTION) and one.unit.rank == best.unit.rank
    together = kind is ChunkKind.ROW or whole
    return together and kind is best.unit.passage.chunk.kind and one.support >= NEAR_BEST * best.support


def _agrees(best: Weighed, one: Weighed, like: float) -> bool:
    return like >= ONE_THING and one.unit.passage.document_id != best.unit.passage.document_id


def weighable(
    asked: Asked,
    candidates: Sequence[Unit],
    models: Models | None,
    *,
    every: bool = False,
) -> list[tuple[Unit, Signs]]:
    """The units that may be quoted, with their signs; of many the likelier ones only, since each costs time, or
    `every` one, for fitting weights that are not known yet."""
    met = {unit: credits(asked, unit) for unit in candidates}
    allowed = [unit for unit in candidates if may_answer(asked, unit, met[unit])]
    passages = list({unit.rank: unit.passage for unit in candidates}.values())
    likely = _likely(asked, allowed, met, passages) if models and not every else allowed
    near = cosines(asked, likely, passages, models)
    return [
        (unit, signs(asked, unit, met[unit], one))
        for unit, one in zip(likely, near, strict=True)
        if has_essentials(asked, met[unit], one)
    ]


def _likely(
    asked: Asked, allowed: Sequence[Unit], met: Mapping[Unit, Mapping[Need, float]], passages: Sequence[Passage]
) -> list[Unit]:
    """The few of `allowed` that may win, each judged as if it were as near to the question as its whole passage."""
    rough = cosines(asked, allowed, passages, None)
    chances = [
        (support(signs(asked, unit, met[unit], near), Known.VECTORS), unit)
        for unit, near in zip(allowed, rough, strict=True)
    ]
    chances.sort(key=lambda one: -one[0])
    return [unit for chance, unit in chances[:MOST_WEIGHED] if chance >= UNLIKELY]


def _companions(asked: Asked, best: Weighed, weighed: Sequence[Weighed], candidates: Sequence[Unit]) -> list[Unit]:
    """`best` with what belongs beside it: sisters in a list or table that fit as well, neighbours in prose."""
    kind = best.unit.passage.chunk.kind
    if best.unit.at < 0 and kind is ChunkKind.QUESTION:
        return [best.unit]
    share = NEAR_NAMED if any(need.named for need in asked.needs) else NEAR_BEST
    near = [w for w in weighed if w.support >= share * best.support and w.unit.passage.chunk.kind is kind]
    if best.topic:
        near = [w for w in near if w.topic]  # the price of something else fits as well by its form
    if kind is ChunkKind.ROW:
        return [w.unit for w in sorted(near, key=lambda w: -w.support)[:MOST_ROWS]]
    if kind is ChunkKind.LIST:
        sisters = [w.unit for w in near if w.unit.rank == best.unit.rank]
        others = [w.unit for w in sorted(near, key=lambda w: -w.support) if w.unit.rank != best.unit.rank][:MOST_ROWS]
        return sisters + others
    return window(asked, best.unit, [unit for unit in candidates if unit.rank == best.unit.rank])
