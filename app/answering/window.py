"""The sentences that are shown around the one that carries the answer: what it refers to, what limits it, and what else
of the question its paragraph speaks of."""

import re
from collections.abc import Sequence

from app.answering.needs import WEAK_WEIGHT
from app.answering.question import Asked
from app.answering.units import MOST_WORDS, Unit

MOST_ANTECEDENTS = 2
# Sentences beside the one that answers are shown up to this many words in all: what was asked, not the page.
BESIDE = 60

_REFERS = re.compile(
    r"(?:he|she|they|it|his|her|hers|their|its|this|these|those|that|él|ella|ellos|esto|estos)\b", re.IGNORECASE
)
# A sentence that begins like this limits the one before it: quoting that one alone would say more than the paper.
_LIMITS = re.compile(
    r"(?:however|but|except|unless|only|note|please note|although|though|otherwise|not|this does not|if you|"
    r"sin embargo|pero|excepto|salvo|solo)\b",
    re.IGNORECASE,
)


def refers_back(text: str) -> bool:
    """Whether `text` cannot be understood without the sentence before it."""
    return bool(_REFERS.match(text)) or limits_before(text)


def limits_before(text: str) -> bool:
    """Whether `text` limits what the sentence before it says."""
    return bool(_LIMITS.match(text))


def window(asked: Asked, best: Unit, paragraph: Sequence[Unit]) -> list[Unit]:
    """`best` first, then what belongs beside it. `paragraph` holds the units of its passage in order."""
    own = [unit for unit in paragraph if unit.lead == best.lead or not unit.questioned]
    chosen = [best, *_antecedents(best, own)]
    chosen += [unit for unit in own if unit.at == best.at + 1 and limits_before(unit.text)]
    open_needs = {need for need in asked.needs if need.weight > WEAK_WEIGHT}
    for unit in (*chosen, *sorted(own, key=lambda unit: abs(unit.at - best.at))):
        met = {need for need in open_needs if need.met(unit.body_grams)}
        if met and unit not in chosen:
            chosen.append(unit)
        open_needs -= met
    short = _length(own) <= BESIDE
    for unit in sorted(own, key=lambda unit: (abs(unit.at - best.at), -unit.at)):
        near = short or abs(unit.at - best.at) <= 2
        if unit not in chosen and near and _length([*chosen, unit]) <= BESIDE:
            chosen.append(unit)
    return chosen


def fitting(chosen: Sequence[Unit]) -> list[Unit]:
    """As many of `chosen`, best first, as fit the length of an answer, in reading order; at least the first."""
    kept: list[Unit] = []
    for unit in chosen:
        if kept and _length([*kept, unit]) > MOST_WORDS:
            break
        kept.append(unit)
    return sorted(kept, key=lambda unit: (chosen[0].rank != unit.rank, unit.rank, unit.at))


def _length(chosen: Sequence[Unit]) -> int:
    """Words shown."""
    leads = {unit.lead for unit in chosen if unit.needs_lead}
    return sum(len(unit.shown.split()) for unit in chosen) + sum(len(lead.split()) for lead in leads)


def _antecedents(unit: Unit, paragraph: Sequence[Unit]) -> list[Unit]:
    """The sentences before `unit` that say whom its first word means."""
    before = [earlier for earlier in paragraph if earlier.at < unit.at]
    found: list[Unit] = []
    while before and len(found) < MOST_ANTECEDENTS and _REFERS.match((found[0] if found else unit).text):
        found.insert(0, before.pop())
    return found
