"""How far a piece of a paper supports an answer: a handful of signs, weighed together into one figure. The weights are
fitted, not chosen: `python -m scripts.evals.fitting` finds them from questions whose answers are known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache

from app.answering.asked_for import lacks_asked
from app.answering.cosines import Cosines
from app.answering.credits import IN_HEADING, said
from app.answering.days import days_named
from app.answering.gates import Bars
from app.answering.kinds import Kind, asked_kind, holds, own_words
from app.answering.needs import WORD_WEIGHT, Need
from app.answering.question import Asked
from app.answering.terms import data, lexicon, words
from app.answering.units import POLAR, Unit
from app.answering.wants import offered
from knowledge.types import ChunkKind

MOST_COUNTED = 3

_COUNTED = frozenset({Kind.MONEY, Kind.NUMBER, Kind.DURATION, Kind.YEAR})


class Known(StrEnum):
    """What is known of a unit: words alone, vectors as well, or what reading it with the question says besides."""

    WORDS = "words"
    VECTORS = "vectors"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for and against quoting a unit; all but `odds` between -1 and 3, most between 0 and 1."""

    said: float
    """Of what the question says, by weight, the share that the unit or what stands above it says too."""
    found: float
    """Content words of the question that it speaks of, at most 3."""
    missing: float
    """Content words that it does not speak of, at most 3."""
    missing_share: float
    unlike: float
    """How unlike the unit those missing words are, summed."""
    absent_thing: float
    """Missing words where the question asks whether a thing is offered: then each may be that thing."""
    missing_in_row: float
    """Missing words where the unit is a row: its cells are about one thing only."""
    missing_price: float
    """Missing words where a price or a number is asked for: they may be what it is the price of."""
    named: float
    """Whether a name in the question (an insurer, a person, a brand) is met."""
    about: float
    """Cosine of the question with the unit under its lead."""
    passage: float
    """Cosine of the question with the whole passage."""
    ahead: float
    """Its lead over the best other passage."""
    question: float
    """Cosine with the clinic's own question, where the unit answers one."""
    is_question: float
    overlap: float
    """Of the words of the clinic's own question, the share that the patient's has."""
    topic: float
    """Of what a row or an item is about (its first cell, its head), the share that the question says."""
    off_topic: float
    """The rest of it, where it is about something."""
    column: float
    """Whether a row has a column that the question names."""
    lacks_day: float
    """Whether a day is asked about that the unit does not name."""
    lacks_asked: float
    """Whether it is asked who, when, where or what something is called, and the unit says none."""
    lacks_essential: float
    """How unlike the unit the things are that the question cannot do without, summed."""
    asks_kind: float
    """Whether the question asks for a certain kind of fact."""
    same_kind: float
    """Whether the clinic's own question asks for that kind as well."""
    names_kind: float
    """Whether heading or lead name it: "Fees", "Hours"."""
    row: float
    item: float
    price_unasked: float
    polar_pair: float
    """Whether question and clinic's own question are both of the yes-or-no form."""
    known_words: float
    """Whether a word of the trade, or a saying for one, is what is met."""
    topic_shared: float
    """The chance that question and unit are about one topic of the trade; next, how alike they lie to all topics."""
    topic_profile: float
    retrieved: float
    """The retriever's score, as a share of its best."""
    lacks_kind: float
    """Whether the kind of fact that is asked for is missing, or, next, is told of another matter."""
    kind_apart: float
    odds: float = 0.0
    """The logarithm of the odds that it answers, once question and unit are read together; 0 where they are not."""


def signs(asked: Asked, unit: Unit, met: Mapping[Need, float], barred: Bars, near: Cosines) -> Signs:
    """The signs of one unit, whose credits are `met`, as long as it is not read."""
    full = [need for need in asked.needs if need.weight >= WORD_WEIGHT and not need.by_kind]
    lacking = [need for need in full if not met[need]]
    there = [need for need in full if met[need] >= IN_HEADING]
    kind, chunk = asked.kind, unit.passage.chunk
    is_row = chunk.kind is ChunkKind.ROW
    others = [cosine for cosine in near.passages if cosine != unit.passage.dense]
    return Signs(
        said=said(asked, met),
        found=min(len(there), MOST_COUNTED),
        missing=min(len(lacking), MOST_COUNTED),
        missing_share=len(lacking) / len(full) if full else 0.0,
        unlike=sum(1 - max(0.0, near.word.get(need, 0.0)) for need in lacking[:MOST_COUNTED]),
        absent_thing=float(offered(asked.text)) * min(len(lacking), MOST_COUNTED),
        missing_in_row=is_row * min(len(lacking), MOST_COUNTED),
        missing_price=(kind in _COUNTED) * min(len(lacking), MOST_COUNTED),
        named=float(any(need.named and met[need] for need in asked.needs)),
        about=near.about,
        passage=unit.passage.dense,
        ahead=unit.passage.dense - max(others, default=0.0),
        question=unit.passage.lead or (near.about if unit.questioned else 0.0),
        is_question=float(unit.questioned),
        overlap=_overlap(asked, unit),
        topic=(topic := _topic(asked, unit)),
        off_topic=1.0 - topic if unit.topic else 0.0,
        column=_column(asked, unit),
        lacks_day=float(bool(asked.days) and not asked.days <= days_named(f"{unit.lead} {unit.shown}")),
        lacks_asked=float(bool(asked.wanted) and lacks_asked(asked.wanted, asked.core, unit.shown)),
        lacks_essential=sum(1 - max(0.0, near.word.get(need, 0.0)) for need in asked.essential if not met[need]),
        asks_kind=float(kind is not None),
        same_kind=float(_lead_asks(asked, unit)),
        names_kind=float(_names_kind(asked, unit)),
        row=float(is_row),
        item=float(chunk.kind is ChunkKind.LIST),
        price_unasked=float(is_row and kind is None and holds(unit.shown, Kind.MONEY)),
        polar_pair=float(unit.questioned and bool(POLAR.match(unit.lead) and POLAR.match(asked.text))),
        known_words=float(any(met[need] >= IN_HEADING and _is_known(need) for need in full)),
        topic_shared=near.shared.topic,
        topic_profile=near.shared.profile,
        retrieved=unit.passage.score / near.best_score if near.best_score else 0.0,
        lacks_kind=float(barred.lacks_kind),
        kind_apart=float(barred.kind_apart),
    )


def support(found: Signs, known: Known) -> float:
    """The chance, 0 to 1, that a unit with these signs is a right answer."""
    weights = fitted(known)
    total = weights["bias"] + sum(weights[one.name] * getattr(found, one.name) for one in fields(found))
    return 1 / (1 + math.exp(-total))


@lru_cache(maxsize=len(Known))
def fitted(known: Known) -> dict[str, float]:
    """The weights by the names of their signs, and `bias`."""
    weights: dict[str, float] = data("weights.yaml")[known]
    return weights


def _is_known(need: Need) -> bool:
    return need.saying or not need.alike.isdisjoint(lexicon().alike)


def _lead_asks(asked: Asked, unit: Unit) -> bool:
    """Whether the unit answers a question that asks for the same kind of fact."""
    return unit.questioned and asked_kind(unit.lead) is asked.kind is not None


def _names_kind(asked: Asked, unit: Unit) -> bool:
    if asked.kind is None:
        return False
    above = (*unit.passage.chunk.heading, unit.lead, unit.text)
    return any(word.stem in own_words(asked.kind) for part in above for word in words(part))


def _overlap(asked: Asked, unit: Unit) -> float:
    return _share_said(asked, unit.lead) if unit.questioned else 0.0


def _topic(asked: Asked, unit: Unit) -> float:
    return _share_said(asked, unit.topic)


def _share_said(asked: Asked, text: str) -> float:
    """Of the content words of `text`, the share that the question says."""
    if not text:
        return 0.0
    known = lexicon()
    there = [word.stem for word in words(text) if word.folded not in known.stop and word.folded not in known.weak]
    said_words = {stem for said in asked.said for stem in said.split()}
    return sum(stem in said_words for stem in there) / len(there) if there else 0.0


def _column(asked: Asked, unit: Unit) -> float:
    cells = unit.passage.chunk.cells[1:] if unit.passage.chunk.kind is ChunkKind.ROW else ()
    if not cells:
        return 0.0
    known, said_words = lexicon(), {stem for said in asked.said for stem in said.split()}
    heads = [word for head, _ in cells for word in words(head)]
    return float(any(word.stem in said_words and word.folded not in known.stop for word in heads))
