"""Finds the paper's word that a mistyped word of a question means."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from app.answering.kinds import kind_words
from app.answering.needs import WEAK_WEIGHT, Need
from app.answering.question import Asked
from app.answering.terms import lexicon, vocabulary, words
from knowledge.types import Passage


def respelled(question: str, passages: Sequence[Passage]) -> str:
    """`question` with mistyped words as the papers, or questions of their kind, have them. Names stay as they are."""
    there: set[str] = set().union(*(vocabulary(passage.chunk.searchable()) for passage in passages))
    usual = kind_words() | lexicon().stop
    known = there | usual | lexicon().weak
    for word in words(question):
        strange = word.folded not in known and word.stem not in lexicon().alike and not word.raw[0].isupper()
        if strange and (near := _nearest(word.folded, usual) or _nearest(word.folded, there)):
            question = re.sub(rf"\b{re.escape(word.raw)}\b", near, question)
    return question


def _nearest(said: str, usual: Iterable[str]) -> str:
    return min((one for one in usual if _slip(said, one)), key=lambda one: (OSA.distance(said, one), one), default="")


def mended(asked: Asked, vocabulary: frozenset[str]) -> Asked:
    """`asked` with each need that no paper meets widened by the words of `vocabulary` one slip away from it."""
    missed = [need for need in asked.needs if not need.met(vocabulary)]
    if not missed:
        return asked
    small = lexicon().small
    by_letter: dict[str, list[str]] = {}
    for word in vocabulary:
        if word.isalpha() and word not in small:
            by_letter.setdefault(word[0], []).append(word)
    return asked.with_needs(_mended(need, by_letter) if need in missed else need for need in asked.needs)


def _mended(need: Need, by_letter: Mapping[str, Iterable[str]]) -> Need:
    near = {word for said in need.alike for word in by_letter.get(said[0], ()) if _slip(said, word)}
    if not near:
        return replace(need, weight=min(need.weight, WEAK_WEIGHT)) if not need.named and _is_small(need) else need
    return replace(need, alike=need.alike | near)


def _is_small(need: Need) -> bool:
    """Whether a small word was meant ("shoud", "waht"): those carry nothing."""
    known = lexicon()
    return len(need.alike) == 1 and any(_slip(said, word) for said in need.alike for word in known.stop)


def _slip(said: str, word: str) -> bool:
    """One slip of the fingers, two in long words; never in the first or last letter, where words differ in kind
    ("Humana", "human")."""
    if len(said) < 4 or not said.isalpha() or not word.isalpha() or said[0] != word[0]:
        return False
    if sorted(said) == sorted(word):
        return OSA.distance(said, word, score_cutoff=1) == 1
    if len(said) < 5 or abs(len(said) - len(word)) > 2 or said[-1] != word[-1]:
        return False
    allowed = 1 if len(said) < 8 else 2
    return OSA.distance(said, word, score_cutoff=allowed) <= allowed
