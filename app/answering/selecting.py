"""Weighs every quotable piece against what was asked and picks those that carry the answer, or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.cosines import Likeness, Models
from app.answering.disagreement import ONE_THING, contradicted
from app.answering.question import Asked
from app.answering.support import Known, support
from app.answering.units import Unit
from app.answering.weighing import weighable
from app.answering.window import fitting, window
from knowledge.types import ChunkKind

# The least share of an answer: the odds of what is shown beside those of everything else that may be quoted, and of
# saying nothing, as the weights are fitted. Below it a question is refused; measured, see docs/answers.md.
ENOUGH = 0.5
# From this share on nothing more is shown. Until then further pieces are, as long as their odds come so near to those
# of the best one, and at most so many beside it.
SURE, HARDLY_LESS, MOST_BESIDE = 0.8, 0.1, 2
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
    if not weighed:
        return Selected([])
    shown = fitting(_companions(asked, weighed[0], weighed, candidates))
    if likeness is not None:
        shown = surer(weighed, shown, likeness)
    if not _is_enough(weighed, shown, likeness):
        return Selected([])
    best = weighed[0]
    least = ENOUGH_WORDS if likeness is None else ENOUGH_RIVAL
    rivals = [w.unit for w in weighed if w.support >= max(least, NEAR_RIVAL * best.support)]
    rival = contradicted(asked, best.unit, rivals, likeness)
    if rival is not None:
        return Selected([best.unit, rival], disagreement=True)
    return Selected(shown)


def _known(models: Models | None) -> Known:
    if models is None:
        return Known.WORDS
    return Known.VECTORS if models.odds is None else Known.READING


def _is_enough(weighed: Sequence[Weighed], shown: Sequence[Unit], likeness: Likeness | None) -> bool:
    """Whether what is to be shown, the first of `weighed` among it, carries an answer."""
    return weighed[0].support >= ENOUGH_WORDS if likeness is None else share(weighed, shown, likeness) >= ENOUGH


def share(weighed: Sequence[Weighed], shown: Sequence[Unit], likeness: Likeness) -> float:
    """The share, 0 to 1, of what is `shown` among everything `weighed`, best first, and saying nothing. What belongs to
    the same answer as the best one counts with it, and what another paper says about the same thing: neither puts it
    in doubt."""
    best, others = weighed[0], [one for one in weighed[1:] if one.unit not in shown]
    near = likeness(best.unit.read, [one.unit.read for one in others]) if others else []
    pairs = zip(others, near, strict=True)
    against = [one for one, like in pairs if not (_is_sister(best, one) or _agrees(best, one, like))]
    return 1 - (1 + sum(_odds(one) for one in against)) / (1 + sum(_odds(one) for one in weighed))


def _odds(one: Weighed) -> float:
    return one.support / max(1 - one.support, LEAST_DOUBT)


def _is_sister(best: Weighed, one: Weighed) -> bool:
    """Whether `one` is a row beside the row `best`, an item of its list or a sentence of its FAQ answer, and fits as
    well."""
    kind = best.unit.passage.chunk.kind
    whole = kind in (ChunkKind.LIST, ChunkKind.QUESTION) and one.unit.rank == best.unit.rank
    together = whole or kind is one.unit.passage.chunk.kind is ChunkKind.ROW
    return together and one.support >= NEAR_BEST * best.support


def _agrees(best: Weighed, one: Weighed, like: float) -> bool:
    return like >= ONE_THING and one.unit.passage.document_id != best.unit.passage.document_id


def surer(weighed: Sequence[Weighed], shown: Sequence[Unit], likeness: Likeness) -> list[Unit]:
    """`shown`, the best of `weighed` with its companions, and, as long as that is not sure, what is hardly less likely
    and fits beside it."""
    best = weighed[0]
    others = [one for one in weighed if one.unit not in shown and _odds(one) >= HARDLY_LESS * _odds(best)]
    if best.topic:
        others = [one for one in others if one.topic]  # the price of something else fits as well by its form
    for one in others[:MOST_BESIDE]:
        if share(weighed, shown, likeness) >= SURE:
            break
        if not _mixes(one.unit, shown):
            shown = fitting([*shown, one.unit])
    return list(shown)


def _mixes(unit: Unit, shown: Sequence[Unit]) -> bool:
    """Whether it would stand under the lead of others of its passage, which is not its own."""
    return any(one.rank == unit.rank and one.lead != unit.lead for one in shown)


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
