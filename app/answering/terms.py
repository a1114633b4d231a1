"""Words made comparable: folded, stemmed, grouped with their synonyms. Apart because question and paper must be read
by exactly the same rules."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import Stemmer  # type: ignore[import-not-found, unused-ignore]

from app.dialogue.shipped import read_yaml
from app.qualification.aliases import spellings
from app.word_caches import remembers_words
from knowledge.marks import RAISED

LONGEST_PHRASE = 4
# Two words written as one ("health keepers") are compared joined only from this length on: short joins collide
# with unrelated words ("medi cal" with "medical").
JOINED_LENGTH = 9

_LETTER = rf"[^\W_{RAISED}]"  # the number of a footnote is no part of the word before it
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)?")
_stemmer = Stemmer.Stemmer("english")


class Word(NamedTuple):
    """One word of a text: as written, folded and stemmed, and where it starts. A question makes thousands."""

    raw: str
    folded: str
    stem: str
    start: int


def fold(text: str) -> str:
    """Lower case, no accents, straight quotes; the length may change."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


@remembers_words(20_000)
def _folded_and_stem(raw: str) -> tuple[str, str]:
    folded = fold(raw)
    base = folded.removesuffix("'s")
    return base, _stemmer.stemWord(base)


def words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order. Hyphens and slashes separate, apostrophes do not."""
    return tuple(Word(m[0], *_folded_and_stem(m[0]), m.start()) for m in _WORD.finditer(text))


def vocabulary(text: str) -> set[str]:
    """The words of `text`, folded."""
    return {_folded_and_stem(raw)[0] for raw in _WORD.findall(text)}


@remembers_words(1_000)  # 8 kB for a sentence and 30 for a passage: enough for what some questions in a row look at
def grams(text: str) -> frozenset[str]:
    """Every run of one to four stems of `text`, joined by spaces, and long pairs also joined without one."""
    stems = [_folded_and_stem(raw)[1] for raw in _WORD.findall(text)]
    runs = {" ".join(stems[i : i + n]) for n in range(1, LONGEST_PHRASE + 1) for i in range(len(stems) - n + 1)}
    runs -= _parts_of_payers(stems)
    pairs = (a + b for a, b in pairwise(stems))
    return frozenset(runs | {pair for pair in pairs if len(pair) >= JOINED_LENGTH})


def _parts_of_payers(stems: list[str]) -> set[str]:
    """Insurers' names that stand in `stems` only as a part of another's: "Medicare" in "Medicare Advantage"."""
    payers, openings = lexicon().payers, lexicon().payer_openings
    whole: set[str] = set()
    part: set[str] = set()
    at = 0
    while at < len(stems):
        if stems[at] not in openings:
            at += 1
            continue
        runs = [" ".join(stems[at : at + n]) for n in range(LONGEST_PHRASE, 0, -1) if at + n <= len(stems)]
        name = next((run for run in runs if run in payers), None)
        inside = {run for run in runs if name and run in payers and run != name}
        whole |= {name} if name else set()
        part |= inside
        at += len(name.split()) if name else 1
    return part - whole


def phrase(text: str) -> str:
    """`text` in the form that `grams` holds."""
    return " ".join(_folded_and_stem(raw)[1] for raw in _WORD.findall(text))


def data(name: str) -> Any:
    """A data file of this package, parsed; shared, so never to be changed."""
    return _reader(name)


def shipped(name: str) -> Any:
    """A data file as it is shipped."""
    return read_yaml("app.answering", name)


Reader = Callable[[str], Any]
_reader: Reader = shipped


def read_data_with(reader: Reader) -> None:
    """Reads data files through `reader` from now on; only before the first question, since what is read is kept. For
    measurements that take a part of the rules away."""
    global _reader
    _reader = reader


@dataclass(frozen=True)
class Lexicon:
    """What the trade's words are worth. `alike` maps a phrase to every phrase that means the same, `groups` to the
    names of its first group as written; `payers` are the phrases among them that name an insurer, `payer_openings`
    their first words; `languages` name one; `stop` words carry nothing, `weak` words little (both folded)."""

    alike: dict[str, frozenset[str]]
    groups: dict[str, tuple[str, ...]]
    payers: frozenset[str]
    payer_openings: frozenset[str]
    languages: frozenset[str]
    stop: frozenset[str]
    weak: frozenset[str]

    @cached_property
    def small(self) -> frozenset[str]:
        """Stems of the words that carry little or nothing and mean nothing of the trade."""
        return frozenset(phrase(word) for word in self.stop | self.weak) - self.alike.keys()


def _groups(lists: list[list[str]]) -> Iterator[tuple[str, frozenset[str]]]:
    for group in lists:
        members = frozenset(phrase(name) for name in group)
        yield from ((member, members) for member in members)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped lexicon, read once."""
    raw = data("synonyms.yaml")
    alike: dict[str, frozenset[str]] = {}
    for member, members in _groups(raw["alike"] + spellings()):
        alike[member] = alike.get(member, frozenset()) | members
    payers = frozenset(phrase(name) for group in spellings() for name in group)
    stop = frozenset(fold(word) for word in raw["stop"].split())
    weak = frozenset(fold(word) for word in raw["weak"].split())
    groups: dict[str, tuple[str, ...]] = {}
    for names in raw["alike"]:
        for name in names:
            groups.setdefault(phrase(name), tuple(names))
    languages = frozenset(phrase(name) for name in raw["languages"])
    return Lexicon(alike, groups, payers, frozenset(name.split()[0] for name in payers), languages, stop, weak)
