"""The patient's own text as evidence: where words stand in it, whatever their case, accents and punctuation."""

import re
from collections.abc import Iterator

from app.dialogue.slots.fold import fold

_WORD = re.compile(r"[^\W_]+")
_SIGNS = "+("
"""Belong to the number behind them."""
Span = tuple[int, int]


class Told:
    """One message."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = [(fold(hit[0]), hit.start(), hit.end()) for hit in _WORD.finditer(text)]

    def find(self, words: str, within: Span | None = None) -> Span | None:
        """Where these words stand one behind the other, whole; the first place inside `within` if there is one. None
        when they do not."""
        places = list(self._places(tokens(words)))
        inside = [one for one in places if within and within[0] <= one[0] and one[1] <= within[1]]
        return next(iter([*inside, *places]), None)

    def said(self, span: Span) -> str:
        """The text there, as it was typed."""
        start, end = span
        while start and self.text[start - 1] in _SIGNS:
            start -= 1
        return self.text[start:end]

    def words_in(self, span: Span) -> list[Span]:
        """The single words there."""
        return [(start, end) for _, start, end in self._words if span[0] <= start and end <= span[1]]

    def all_words(self) -> list[Span]:
        """The single words of the message."""
        return [(start, end) for _, start, end in self._words]

    def _places(self, wanted: list[str]) -> Iterator[Span]:
        count = len(wanted)
        for place in range(len(self._words) - count + 1 if count else 0):
            run = self._words[place : place + count]
            if [word for word, _, _ in run] == wanted:
                yield run[0][1], run[-1][2]


def tokens(text: str) -> list[str]:
    """The folded words of a text."""
    return [fold(hit) for hit in _WORD.findall(text)]


def overlap(one: Span, other: Span) -> bool:
    """Whether two places share a letter."""
    return one[0] < other[1] and other[0] < one[1]
