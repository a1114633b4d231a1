"""Mends single slips of the keyboard towards a given vocabulary: one letter wrong, missing, doubled or swapped, or the
space between two words left out. Remembers nothing of what was typed."""

import re
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

SHORTEST = 5
"""Shorter words are left alone, but for swapped letters: too many are one letter away from another."""
SWAPPED = 4
LONGEST = 24
_HALF = 3
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_ENDINGS = ("", "s", "ed", "ing", "o", "a", "os", "as", "ando", "ado", "ada")


class Spelling:
    """`known` are words, or beginnings ("swell*"); `spelled` more words that a slip may have meant; `ordinary` words
    are never mended although they look like one of those."""

    def __init__(self, known: Iterable[str], spelled: Iterable[str], ordinary: Iterable[str]) -> None:
        listed = set(known)
        self._stems = {word[:-1] for word in listed if word.endswith("*")}
        self._words = {word for word in listed if not word.endswith("*")} | set(spelled)
        self._lengths = sorted({len(stem) for stem in self._stems})
        self._ordinary = frozenset(ordinary)
        targets = self._words | {stem + ending for stem in self._stems for ending in _ENDINGS if len(stem) > _HALF}
        self._near: dict[str, str] = {}
        for word in sorted(targets):
            if len(word) >= SWAPPED:
                for shorter in {word, *_without_one(word)}:
                    others = self._near.get(shorter)
                    self._near[shorter] = f"{others} {word}" if others else word

    def mended(self, word: str) -> tuple[str, ...]:
        """The word itself where it is known, ordinary, short or like nothing; else the one, or two, that were meant."""
        if self._is_known(word):
            return (word,)
        word = _DRAWN_OUT.sub(r"\1", word)
        if self._is_known(word) or not SWAPPED <= len(word) <= LONGEST:
            return (word,)
        return self._meant(word) or self._apart(word) or (word,)

    def _is_known(self, word: str) -> bool:
        if word in self._words or word in self._ordinary:
            return True
        return any(word[:length] in self._stems for length in self._lengths)

    def _meant(self, word: str) -> tuple[str, ...]:
        for shorter in (word, *_without_one(word)):
            for other in self._near.get(shorter, "").split():
                if other[0] == word[0] and _is_slip(word, other):
                    return (other,)
        return ()

    def _apart(self, word: str) -> tuple[str, ...]:
        """ "chestpain" as two words, both of the vocabulary."""
        for at in range(_HALF, len(word) - _HALF + 1):
            if word[:at] in self._words and word[at:] in self._words and len(word) >= 2 * _HALF + 2:
                return word[:at], word[at:]
        return ()


def _is_slip(word: str, other: str) -> bool:
    if min(len(word), len(other)) < SHORTEST and sorted(word) != sorted(other):
        return False
    return bool(OSA.distance(word, other, score_cutoff=1) <= 1)


def _without_one(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))
