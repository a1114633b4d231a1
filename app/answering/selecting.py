"""Weighs every quotable piece against what was asked and picks those that carry the answer, or none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.days import days_named
from app.answering.evidence import PURPOSE, WEAK_WEIGHT, WORD_WEIGHT, Asked, Need
from app.answering.kinds import Kind, about_else, asked_kind, holds, is_number, own_words
from app.answering.meaning import closest_question, offered
from app.answering.terms import grams, lexicon, words
from app.answering.units import MOST_WORDS, POLAR, Unit
from knowledge.types import ChunkKind, Passage

# How much a need counts where it is met: in the words shown, in what introduces them, in the headings above.
# Where a question leads in, its words say better what the answer is about than those of the answer.
IN_TEXT, IN_LEAD, IN_ANSWER, IN_HEADING, NEARBY = 1.0, 0.9, 0.9, 0.75, 0.5
ENOUGH = 0.6
MOST_ROWS = 4
# A cosine that by itself says that passage and question are about the same.
CLOSE = 0.55
NEAR_BEST = 0.9


_VOICE = re.compile(r"\b(?:phone|call|tel|telephone|telefono|teléfono)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"(?:he|she|they|it|his|her|hers|their|its|this|these|those|él|ella|ellos|esto|estos)\b", re.IGNORECASE
)
MOST_ANTECEDENTS = 2
# A sentence that begins like this limits the one before it: quoting that one alone would say more than the paper.
_LIMITS = re.compile(
    r"(?:however|but|except|unless|only|note|please note|although|though|otherwise|not all|this does not|"
    r"sin embargo|pero|excepto|salvo)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A unit and its support: `coverage` 0..1 of what was asked, `rank` to order by."""

    unit: Unit
    coverage: float
    rank: float


def select(asked: Asked, candidates: Sequence[Unit]) -> list[Unit]:
    """The units to quote, those of one passage in reading order; empty when nothing carries an answer."""
    closest = closest_question(candidates)
    weighed = [w for unit in candidates if (w := _weigh(asked, unit, closest)) is not None]
    if not weighed:
        return []
    best = max(weighed, key=lambda w: w.rank)
    return _fitting(_companions(asked, best, weighed, candidates))


def _weigh(asked: Asked, unit: Unit, closest: Passage | None) -> Weighed | None:
    """None for a unit that must not be quoted as the answer."""
    if asked.kind and not _right_kind(asked, unit):
        return None
    questioned = unit.lead.rstrip().endswith("?")
    places = (
        (IN_TEXT, grams(unit.lead)) if questioned else (IN_TEXT, unit.body_grams),
        (IN_ANSWER, unit.body_grams) if questioned else (IN_LEAD, grams(unit.lead)),
        (IN_HEADING, grams(" ".join(unit.passage.chunk.heading))),
        (
            NEARBY if unit.at >= 0 and unit.passage.chunk.kind is not ChunkKind.LIST else 0.0,
            grams(unit.passage.chunk.text),
        ),
    )
    credits = {need: _credit(need, places) for need in asked.needs}
    if any(need.named and credit < _named_floor(unit) for need, credit in credits.items()):
        return None
    to_the_point = 0.1 * _names_kind(asked, unit)
    for need in asked.needs:
        if need.by_kind:
            credits[need] = max(credits[need], IN_TEXT)
    total = asked.weight
    coverage = (
        sum(need.weight * credit for need, credit in credits.items()) / total if total else float(bool(asked.kind))
    )
    if _lead_asks(asked, unit) and not any(_matters(need) and not credits[need] for need in asked.needs):
        coverage = max(coverage, ENOUGH + 0.1)
    confident = coverage + _dense_boost(unit.passage.dense)
    if confident < ENOUGH or not _object_met(asked, credits) or _beside_the_point(asked, unit):
        if not _same_meaning(asked, unit, credits, closest):
            return None
        coverage = max(coverage, ENOUGH)
    rank = coverage + 0.3 * _lead_match(asked, unit) + to_the_point + 0.15 * unit.passage.score - 0.01 * unit.rank
    rank += _form(asked, unit)
    return Weighed(unit, coverage, rank)


def _matters(need: Need) -> bool:
    """Whether leaving `need` out would answer another question: the hours of the pool are not those of the clinic, but
    a new patient's elbow waits as long as a knee."""
    known = need.saying or not need.alike.isdisjoint(lexicon().alike)
    return need.weight > PURPOSE or (known and need.weight >= PURPOSE)


def _same_meaning(asked: Asked, unit: Unit, credits: dict[Need, float], closest: Passage | None) -> bool:
    """Whether the clinic's own question is the patient's in other words. Whether a certain thing is offered is never
    decided so: "laser therapy" lies as near to "hand therapy" as two words for one thing."""
    if unit.passage is not closest or unit.at > 0:
        return False
    unmet = [need for need in asked.needs if need.weight >= WORD_WEIGHT and not need.by_kind and not credits[need]]
    return not unmet or not offered(asked.text)


def _named_floor(unit: Unit) -> float:
    """A name may stand in another sentence of the paragraph, but not in another row or item."""
    return IN_HEADING if unit.passage.chunk.kind in (ChunkKind.ROW, ChunkKind.LIST) else NEARBY


def _credit(need: Need, places: Sequence[tuple[float, frozenset[str]]]) -> float:
    return next((credit for credit, there in places if need.met(there)), 0.0)


def _object_met(asked: Asked, credits: dict[Need, float]) -> bool:
    """Whether at least half of the full-weight words stand in or above the unit: matches on weak words alone are
    a resemblance of phrasing, not of content."""
    full = [need for need in asked.needs if need.weight >= WORD_WEIGHT and not need.by_kind]
    met = [need for need in full if credits[need] >= IN_HEADING]
    return 2 * len(met) >= len(full) and (bool(full) or asked.kind is not None)


def _beside_the_point(asked: Asked, unit: Unit) -> bool:
    """Whether one word is all that was asked about and the unit answers another question that mentions it: "bring
    your X-rays" does not say that X-rays are made here."""
    full = [need for need in asked.needs if need.weight >= WORD_WEIGHT and not need.by_kind]
    if unit.passage.chunk.kind is not ChunkKind.QUESTION or len(full) > 1 or not POLAR.match(asked.text):
        return False
    if any(need.saying or need.alike & lexicon().payers for need in full) or asked.kind is Kind.HOURS:
        return False
    return _lead_match(asked, unit) == 0.0 and unit.passage.dense < CLOSE


def _dense_boost(dense: float) -> float:
    """Between -.1 and .15 by the cosine; 0 when no vector was compared."""
    return 0.0 if dense == 0.0 else max(-0.1, min(0.15, (dense - 0.4) * 0.6))


def _right_kind(asked: Asked, unit: Unit) -> bool:
    if asked.kind is None or not holds(unit.shown, asked.kind, unit.lead if _lead_asks(asked, unit) else ""):
        return False
    if asked.kind is Kind.NUMBER and asked.counted and not _counts(unit.shown, asked.counted):
        return False
    spoken = unit.lead if _lead_asks(asked, unit) else f"{unit.lead} {unit.shown}"
    if about_else(spoken, asked.kind, asked.meaning):
        return asked.kind is Kind.PHONE and bool(_VOICE.search(unit.shown))
    return asked.kind is not Kind.HOURS or not asked.days or asked.days <= days_named(unit.shown)


def _lead_asks(asked: Asked, unit: Unit) -> bool:
    """Whether the unit answers a question that asks for the same kind of fact."""
    return unit.passage.chunk.kind is ChunkKind.QUESTION and asked_kind(unit.lead) is asked.kind is not None


def _form(asked: Asked, unit: Unit) -> float:
    """What the form of the unit says: a clinic's own question of the same kind answers best, a price list worst
    where no price is asked for."""
    kind = unit.passage.chunk.kind
    if kind is ChunkKind.QUESTION:
        return 0.15 * _lead_asks(asked, unit) + 0.1 * bool(POLAR.match(unit.lead) and POLAR.match(asked.text))
    priced = kind is ChunkKind.ROW and asked.kind is None and holds(unit.shown, Kind.MONEY)
    return -0.15 if priced else 0.0


def _counts(text: str, counted: Need) -> bool:
    """Whether a number stands within a few words of what is counted: "three terms" is no number of visits."""
    there = words(text)
    numbers = [at for at, word in enumerate(there) if is_number(word.folded)]
    return any(counted.met(grams(" ".join(word.raw for word in there[max(0, at - 4) : at + 5]))) for at in numbers)


def _names_kind(asked: Asked, unit: Unit) -> bool:
    """Whether the unit or what stands above it says what kind of fact it is: "Hours", "Fees", "Phone"."""
    if asked.kind is None:
        return False
    above = (*unit.passage.chunk.heading, unit.lead, unit.text)
    return any(word.stem in own_words(asked.kind) for part in above for word in words(part))


def _lead_match(asked: Asked, unit: Unit) -> float:
    """Of the words of an FAQ question, the share that the patient's question has too."""
    if unit.passage.chunk.kind is not ChunkKind.QUESTION:
        return 0.0
    known = lexicon()
    lead = [word.stem for word in words(unit.lead) if word.folded not in known.stop and word.folded not in known.weak]
    if not lead:
        return 0.0
    said_words = {stem for said in asked.said for stem in said.split()}
    return sum(stem in said_words for stem in lead) / len(lead)


def _companions(asked: Asked, best: Weighed, weighed: Sequence[Weighed], candidates: Sequence[Unit]) -> list[Unit]:
    """`best` with what belongs beside it: sisters in a list or table that fit as well, neighbours in prose."""
    kind = best.unit.passage.chunk.kind
    if kind is ChunkKind.QUESTION and best.unit.at < 0:
        return [best.unit]
    near = [w for w in weighed if w.coverage >= NEAR_BEST * best.coverage and w.unit.passage.chunk.kind is kind]
    if kind is ChunkKind.ROW:
        rows = sorted(near, key=lambda w: -w.rank)[:MOST_ROWS]
        return [w.unit for w in rows]
    if kind is ChunkKind.LIST:
        sisters = [w.unit for w in near if w.unit.rank == best.unit.rank]
        others = [w.unit for w in sorted(near, key=lambda w: -w.rank) if w.unit.rank != best.unit.rank][:MOST_ROWS]
        return sisters + others
    return _with_neighbours(asked, best.unit, [unit for unit in candidates if unit.rank == best.unit.rank])


def _with_neighbours(asked: Asked, best: Unit, paragraph: Sequence[Unit]) -> list[Unit]:
    """`best`, the sentence that limits it, and sentences of its paragraph that speak of what it leaves open."""
    chosen = [*_antecedents(best, paragraph), best] + [
        unit for unit in paragraph if unit.at == best.at + 1 and _LIMITS.match(unit.text)
    ]
    open_needs = {need for need in asked.needs if need.weight > WEAK_WEIGHT}
    for unit in (*chosen, *sorted(paragraph, key=lambda unit: abs(unit.at - best.at))):
        met = {need for need in open_needs if need.met(unit.body_grams)}
        if met and unit not in chosen:
            chosen.append(unit)
        open_needs -= met
    return chosen


def _antecedents(unit: Unit, paragraph: Sequence[Unit]) -> list[Unit]:
    """The sentences before `unit` that say whom its first word means."""
    before = [earlier for earlier in paragraph if earlier.at < unit.at]
    found: list[Unit] = []
    while before and len(found) < MOST_ANTECEDENTS and _REFERS.match((found[0] if found else unit).text):
        found.insert(0, before.pop())
    return found


def _fitting(chosen: Sequence[Unit]) -> list[Unit]:
    """As many of `chosen`, best first, as fit the length of an answer; at least the first."""
    kept: list[Unit] = []
    length = 0
    for unit in chosen:
        length += len(unit.shown.split()) + (len(unit.lead.split()) if unit.needs_lead and not kept else 0)
        if kept and length > MOST_WORDS:
            break
        kept.append(unit)
    return sorted(kept, key=lambda unit: (chosen[0].rank != unit.rank, unit.rank, unit.at))
