"""Which pieces of the papers may be quoted, and what speaks for each: words judge all of them, vectors compare some,
and few are read together with the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from app.answering.cosines import Cosines, Models, Odds, cosines, odds
from app.answering.credits import credits
from app.answering.gates import Bars, bars, has_essentials
from app.answering.needs import Need
from app.answering.question import Asked
from app.answering.support import Known, Signs, signs, support
from app.answering.units import Unit

# Units that are compared with the question by vectors, the likeliest by words and by their passages' cosines, and of
# those the units that are read with it, the likeliest by vectors: reading one costs milliseconds, comparing one does so
# only where its vector is not known yet. Below UNLIKELY a unit is left out. All measured, see docs/answers.md.
MOST_COMPARED, MOST_READ = 20, 6
UNLIKELY = 0.005

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A unit by its words: how well it speaks of each need, and what forbids it."""

    unit: Unit
    met: Mapping[Need, float]
    barred: Bars


def weighable(
    asked: Asked,
    candidates: Sequence[Unit],
    models: Models | None,
    *,
    most_compared: int = MOST_COMPARED,
    most_read: int = MOST_READ,
) -> list[tuple[Unit, Signs]]:
    """The units that may be quoted, with their signs; of many the likelier ones only, since each costs time."""
    reading = models.odds if models else None
    seen = [one for one in _seen(asked, candidates) if one.barred.let_through(read=reading is not None)]
    passages = list({unit.rank: unit.passage for unit in candidates}.values())
    if models and len(seen) > most_compared:
        rough = cosines(asked, [one.unit for one in seen], passages, None)
        seen = _likeliest(seen, [one for _, one in _signed(asked, seen, rough)], most_compared)
    near = cosines(asked, [one.unit for one in seen], passages, models)
    pairs = zip(_signed(asked, seen, near), seen, near, strict=True)
    found = [pair for pair, one, its in pairs if has_essentials(asked, one.met, its)]
    if reading is None:
        return found
    return _read(asked, _likeliest(found, [one for _, one in found], most_read), reading)


def _seen(asked: Asked, candidates: Sequence[Unit]) -> list[_Seen]:
    pairs = [(unit, credits(asked, unit)) for unit in candidates]
    return [_Seen(unit, met, bars(asked, unit, met)) for unit, met in pairs]


def _signed(asked: Asked, seen: Sequence[_Seen], near: Sequence[Cosines]) -> list[tuple[Unit, Signs]]:
    pairs = zip(seen, near, strict=True)
    return [(one.unit, signs(asked, one.unit, one.met, one.barred, its)) for one, its in pairs]


def _likeliest(some: Sequence[T], by: Sequence[Signs], most: int) -> list[T]:
    """The `most` of `some` that may win, as far as vectors say; none that hardly can."""
    chances = [support(one, Known.VECTORS) for one in by]
    order = sorted(range(len(some)), key=lambda at: -chances[at])
    return [some[at] for at in order[:most] if chances[at] >= UNLIKELY]


def _read(asked: Asked, found: Sequence[tuple[Unit, Signs]], reading: Odds) -> list[tuple[Unit, Signs]]:
    judged = odds(asked, [unit for unit, _ in found], reading)
    return [(unit, replace(one, odds=its)) for (unit, one), its in zip(found, judged, strict=True)]
