"""Text as words that can be compared: folded, without possessives, with their places. Apart because names of payers are
compared without spaces, and what stands between two words decides whether they belong together."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.word_caches import remembers_words

_WORD = re.compile(r"[^\W_]+(?:['\u2019\u00b4`][^\W_]+)*")
_APOSTROPHE = re.compile(r"['\u2019\u00b4`]")
_APART = re.compile(r"[?!;,:()\"\u201c\u201d\u00bf\u00a1\n]|\.\s")


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is folded; `start` and `end` are places in the original; `gap` is what stands before the word."""

    text: str
    raw: str
    start: int
    end: int
    gap: str

    @property
    def apart(self) -> bool:
        """Whether a comma, a bracket or the end of a sentence stands before it."""
        return bool(_APART.search(self.gap))


@remembers_words(8192)
def fold(text: str) -> str:
    """Lower case without accents; the length may change."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """The words of a paper's or the table's `text`, remembered; never for what a patient wrote."""
    return split(text)


def split(text: str) -> tuple[Word, ...]:
    """The words of `text` in order; "Cigna's" is "cigna", "workers'" is "workers"."""
    found, last = [], 0
    for match in _WORD.finditer(text):
        pieces = [fold(piece) for piece in _APOSTROPHE.split(match[0])]
        joined = "".join(pieces[:-1] if len(pieces) > 1 and pieces[-1] == "s" else pieces)
        found.append(Word(joined, match[0], match.start(), match.end(), text[last : match.start()]))
        last = match.end()
    return tuple(found)


def joined(text: str) -> str:
    """`text` as names are compared: its folded words without anything between them."""
    return "".join(word.text for word in words(text))


def together(run: Sequence[Word]) -> bool:
    """Whether nothing inside `run` sets its words apart; dots between single letters do not."""
    return not any(word.apart for word in run[1:])


def fold_in_place(text: str) -> str:
    """Folded character by character, so that places stay."""
    return "".join(fold(char)[:1] or " " for char in text)
