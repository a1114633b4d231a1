"""One order out of two: cosine and BM25 scores, each brought to 0..1 and added with a weight. Pure."""

from collections.abc import Mapping

WORDS_WEIGHT = 0.75
"""The weight of BM25 for a question that one passage says in full. For others it is less, by `Words.covered`: a patient
who uses the papers' words is found by them, one who uses other words by meaning. From .75 to 1 all
measure alike. One weight for all, .25 to .4, is as good on clinics' pages while synonyms widen the questions, and loses
.02 where they do not (docs/decisions/2026-11-22-ranking.md)."""
TRANSLATED_WEIGHT = 0.4
"""The weight of BM25 for a question translated word by word, however much of it a passage says: that tells of the
translation. Over 56 Spanish questions the right passage is first for .82 and in five for 1.00; with weight .25 for .82
and .98, with .75 times what is covered for .77 and .95."""


def fuse(dense: Mapping[str, float], words: Mapping[str, float], words_weight: float) -> dict[str, float]:
    """Id to score in 0..1, best first; ties in the order of ids.

    Cosines are stretched so that the candidates' worst is 0 and best is 1. BM25 scores are divided by the best: a
    candidate in which no word of the question occurs gets nothing from them. An id that only one side found gets 0
    from the other. Where one side found nothing at all, the other decides alone.
    """
    if not dense or not words:
        words_weight = 1.0 if words else 0.0
    low, high = min(dense.values(), default=0.0), max(dense.values(), default=0.0)
    best_word = max(words.values(), default=0.0)
    scores = {}
    for key in dense.keys() | words.keys():
        near = _between(dense[key], low, high) if key in dense else 0.0
        said = words.get(key, 0.0) / best_word if best_word > 0 else 0.0
        scores[key] = (1 - words_weight) * near + words_weight * said
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def _between(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 1.0
