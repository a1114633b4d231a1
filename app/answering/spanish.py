"""A patient's Spanish in the English that papers use, word by word: enough to search by words and to weigh evidence by
the same rules as for English. Never shown to anybody."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, takewhile

import Stemmer  # type: ignore[import-not-found, unused-ignore]

from app.answering.terms import data, fold
from app.word_caches import remembers_words

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*|[?.!,;]")
# English of the verbs that ask whether something is there; what is asked for stands in the next THING words or phrases.
OFFERING = frozenset({"do you have", "do you offer", "do you do", "do you sell", "do you treat", "do you see"})
THING = 2
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
    said = [piece.said if piece.meaning is None else piece.meaning for piece in _pieces(question)]
    return re.sub(r" ([?.!,;])", r"\1", " ".join(filter(None, said)))


def things_unknown(question: str) -> list[str]:
    """The folded words, no names and unknown to the glossary, that say what the question asks to have, get or be
    treated for: "guardería" in "¿ofrecen guardería para los niños?"."""
    pieces = [piece for piece in _pieces(question) if piece.meaning != ""]
    near: list[_Piece] = []
    for at, piece in enumerate(pieces):
        if piece.meaning in OFFERING:
            near += takewhile(lambda one: one.said not in ".,;?!", pieces[at + 1 : at + 1 + THING])
    return [fold(one.said) for one in near if one.meaning is None and one.said.isalpha() and one.said.islower()]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What was typed, and its English: empty where it carries nothing, None where it is not known."""

    said: str
    meaning: str | None


def _pieces(question: str) -> Iterator[_Piece]:
    known = _glossary()
    words = [match[0] for match in _WORD.finditer(question)]
    folded = [fold(word) for word in words]
    at = 0
    while at < len(words):
        size, meaning = _longest(known, folded[at : at + known.longest])
        yield _Piece(" ".join(words[at : at + size]), meaning)
        at += size


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


@remembers_words(20_000)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))
