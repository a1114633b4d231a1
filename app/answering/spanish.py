"""A patient's Spanish in the English that papers use, word by word: enough to search by words and to weigh evidence by
the same rules as for English. Never shown to anybody."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import Stemmer  # type: ignore[import-not-found, unused-ignore]

from app.answering.terms import data, fold

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[?.!,;]")
_stemmer = Stemmer.Stemmer("spanish")


@dataclass(frozen=True, slots=True)
class Glossary:
    """Spanish words to English, as written and by stems: two words of one stem may mean different things.
    `longest` is the number of words of the longest phrase."""

    written: dict[tuple[str, ...], str]
    stemmed: dict[tuple[str, ...], str]
    longest: int

    def meaning(self, words: Sequence[str]) -> str | None:
        """The English of exactly these folded words, None when they are not known."""
        written = self.written.get(tuple(words))
        return written if written is not None else self.stemmed.get(tuple(map(_stem, words)))


def in_english(question: str) -> str:
    """The question with every known Spanish word or phrase in English; what is not known stays as it stands."""
    known = _glossary()
    words = [match[0] for match in _WORD.finditer(question)]
    folded = [fold(word) for word in words]
    said: list[str] = []
    at = 0
    while at < len(words):
        size, meaning = _longest(known, folded[at : at + known.longest])
        said.append(words[at] if meaning is None else meaning)
        at += size
    return re.sub(r" ([?.!,;])", r"\1", " ".join(filter(None, said)))


def _longest(known: Glossary, folded: Sequence[str]) -> tuple[int, str | None]:
    """(words taken, their English) of the longest known beginning; (1, None) when none is known."""
    sizes = range(len(folded), 0, -1)
    found = ((size, meaning) for size in sizes if (meaning := known.meaning(folded[:size])) is not None)
    return next(found, (1, None))


@lru_cache(maxsize=1)
def _glossary() -> Glossary:
    written: dict[tuple[str, ...], str] = {}
    stemmed: dict[tuple[str, ...], str] = {}
    for meaning, phrases in data("glossary_es.yaml").items():
        for phrase in chain.from_iterable(line.split(",") for line in phrases):
            words = tuple(phrase.split())
            written.setdefault(words, meaning)
            stemmed.setdefault(tuple(map(_stem, words)), meaning)
    return Glossary(written, stemmed, max(map(len, written)))


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))
