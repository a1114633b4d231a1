"""What was said before a question, and how much it moves the order of what the question finds. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.fusion import WORDS_WEIGHT, fuse

# Measured on 618 follow-ups over 60 documents and on 198 questions of four clinics that follow three others about
# something else: higher weights find more of the first and spoil more of the second.
PAPER_WEIGHT = 0.35
LAST_WEIGHT = 0.8
# Cosines between a question and what was said before: unrelated at the first, the same matter at the second.
UNRELATED, RELATED = 0.05, 0.35
# A clinic's few papers each hold many matters: which of them the talk is about tells little. Of 60 it tells much.
MANY_PAPERS = 60
# The BM25 score at which words alone say as much as a cosine of 1, and their weight in a score for many texts.
FULL_WORDS, WORDS_SHARE = 20.0, 0.25
# How much better than others a paper fits that an answer was quoted from, and the spread of scores without vectors.
QUOTED, SPREAD = 0.2, 0.3


@dataclass(frozen=True, slots=True)
class Context:
    """The talk before a question. `history` holds what was said, the latest last; `documents` the ids of the papers
    that the last answers stand in; `leaning`, from 0 to 1, is how much of the question is left unsaid."""

    history: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    leaning: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether there was no talk yet."""
        return not self.history and not self.documents


@dataclass(frozen=True, slots=True)
class Found:
    """What one text found: chunk id to cosine, and chunk id to BM25 score. `covered`, in 0..1, is how much of the text
    one chunk says in the same words."""

    dense: Mapping[str, float]
    words: Mapping[str, float]
    covered: float = 1.0

    def fused(self, words_weight: float) -> dict[str, float]:
        """Chunk id to score in 0..1, best first. `words_weight` is that of words for a text that is covered in full."""
        return fuse(self.dense, self.words, words_weight * self.covered)

    def spread(self, words_weight: float) -> dict[str, float]:
        """`fused`, as wide as the cosines lie apart: a text that says little decides little."""
        near = self.dense.values()
        width = (max(near) - min(near) if near else 0.0) or SPREAD
        return {key: score * width for key, score in self.fused(words_weight).items()}

    def absolute(self) -> dict[str, float]:
        """Chunk id to a score that can be compared with those of other texts."""
        share = WORDS_SHARE if self.dense else 1.0
        said = {key: share * min(score / FULL_WORDS, 1.0) for key, score in self.words.items()}
        return {
            key: (1 - share) * self.dense.get(key, 0.0) + said.get(key, 0.0) for key in self.dense.keys() | said.keys()
        }


def in_context(
    question: Found,
    before: Sequence[Found],
    papers: Mapping[str, str],
    context: Context,
    nearness: float,
    words_weight: float = WORDS_WEIGHT,
) -> dict[str, float]:
    """Chunk id to score in 0..1, best first.

    `before` is what each text of `context.history` found, `papers` maps chunk ids to their documents, `nearness` is the
    highest cosine between the question and the history. A chunk gains by its paper, as far as the talk is about that
    paper and the question goes on with it; a question that leans gains what the last words found.
    """
    scores = question.spread(words_weight)
    related = max(context.leaning, min(1.0, max(0.0, (nearness - UNRELATED) / (RELATED - UNRELATED))))
    telling = min(1.0, math.log(max(1, len(set(papers.values())))) / math.log(MANY_PAPERS))
    for document, fit in _fits(before, papers, context).items():
        gain = PAPER_WEIGHT * related * telling * fit
        scores.update({key: scores[key] + gain for key in scores if papers.get(key) == document})
    if before and context.leaning:
        for key, score in before[-1].spread(words_weight).items():
            scores[key] = scores.get(key, 0.0) + LAST_WEIGHT * context.leaning * score
    best = max(scores.values(), default=0.0) or 1.0
    return {key: score / best for key, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))}


def _fits(before: Sequence[Found], papers: Mapping[str, str], context: Context) -> dict[str, float]:
    """Document id to how much better than the worst candidate it fits the talk, over all of its texts."""
    fits = dict.fromkeys(context.documents, QUOTED)
    for found in before:
        scores = found.absolute()
        worst = min(scores.values(), default=0.0)
        best: dict[str, float] = {}
        for key, score in scores.items():
            if document := papers.get(key):
                best[document] = max(best.get(document, 0.0), score - worst)
        for document, fit in best.items():
            fits[document] = fits.get(document, 0.0) + fit
    return fits
