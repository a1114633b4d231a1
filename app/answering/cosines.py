"""What models say of single sentences, rows and items: how near each is to the question and to single words of it, and
how far it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.answering.days import spelled
from app.answering.needs import WORD_WEIGHT, Need
from app.answering.question import Asked
from app.answering.sentences import sentences
from app.answering.terms import grams
from app.answering.topics import NOTHING_SHARED, Shared, Topics
from app.answering.units import Unit
from knowledge.types import Passage

Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""Cosines of a text with each of some short texts, as `knowledge.index.Index.likeness` gives them."""
Odds = Callable[[str, Sequence[str]], Sequence[float]]
"""How far each of some pieces answers a question, read together with it, as `knowledge.index.Index.odds` gives them."""


@dataclass(frozen=True, slots=True)
class Models:
    """What judges beyond words. Without `odds` vectors decide alone."""

    likeness: Likeness
    topics: Topics | None = None
    odds: Odds | None = None


# Of the words that no unit says, at most so many are compared: a new word costs as much as a new sentence.
MOST_WORDS = 3
# A message of more words is long.
LONG = 20


@dataclass(frozen=True, slots=True)
class Cosines:
    """What vectors say of a unit: `about` its cosine with the question, `passages` those of all passages found with the
    question, by rank, `best_score` the retriever's for the best of them, `word` those of the unit with single
    needs, `shared` what question and unit have in common by their topics."""

    about: float
    passages: Sequence[float]
    best_score: float
    word: Mapping[Need, float]
    shared: Shared = NOTHING_SHARED


def cosines(
    asked: Asked,
    units: Sequence[Unit],
    passages: Sequence[Passage],
    models: Models | None,
) -> list[Cosines]:
    """One for each unit. The question or the part of it that asks counts, whichever is nearer."""
    dense = [passage.dense for passage in passages]
    best = max((passage.score for passage in passages), default=0.0)
    if models is None or not units:
        return [Cosines(unit.passage.dense, dense, best, {}) for unit in units]
    likeness, topics = models.likeness, models.topics
    texts = [unit.read for unit in units]
    full = [need for need in asked.needs if (need.weight >= WORD_WEIGHT or need in asked.essential)]
    full = [need for need in full if need.said and not need.named]
    said = [grams(text) for text in texts]
    full.sort(key=lambda need: need not in asked.essential)
    unsaid = [need for need in full if not all(need.met(there) for there in said)][:MOST_WORDS]
    # All new texts go through the model at once; what follows finds them known.
    whole = likeness(asked.text, [*texts, asked.core, *(need.said for need in unsaid)])[: len(texts)]
    core = likeness(asked.core, texts) if asked.core and asked.core != asked.text else whole
    word = {need: likeness(need.said, texts) for need in unsaid}
    leads = [unit.lead if unit.questioned else "" for unit in units]
    shared = topics.shared(asked.text, texts, leads) if topics else [NOTHING_SHARED] * len(units)
    by_word = [{need: near[at] for need, near in word.items()} for at in range(len(units))]
    return [Cosines(max(whole[at], core[at]), dense, best, by_word[at], shared[at]) for at in range(len(units))]


def odds(asked: Asked, units: Sequence[Unit], reading: Odds) -> Sequence[float]:
    """One for each unit, read together with the question."""
    return reading(spelled(asking(asked.text)), [unit.placed for unit in units])


def asking(text: str) -> str:
    """Of a long message the sentences that ask, or its last one. The reader has learned from questions with little
    story before them: after a long one everything seems to answer."""
    said = sentences(text)
    if len(text.split()) <= LONG or len(said) < 2:
        return text
    return " ".join([one for one in said if one.rstrip().endswith("?")] or said[-1:])
