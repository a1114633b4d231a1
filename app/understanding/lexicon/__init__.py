"""The words that rules understand, per language; patients mix languages, so all of them are read at once."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from app.dialogue.shipped import read_yaml
from app.errors import Misconfigured
from app.word_caches import remembers_words

LANGUAGES = ("en", "es")
_OPERATION = (
    r"(?<![\w'])(?!dich|phleb|fleb|dicot|vas)[a-z]{3,}(?:ectom(?:y|ies|ia|ias)|otom(?:y|ies|ia|ias)|plast(?:y|ies|ia|ias)|"
    r"desis)(?![\w'])"
)
"""Operations by how they end, in folded text: "mastectomy", "osteotomy"."""


def _read(language: str) -> dict[str, Any]:
    return read_yaml("app.understanding.lexicon", f"{language}.yaml")


@cache
def words(key: str, language: str | None = None) -> tuple[str, ...]:
    """The folded entries under `key`, of one language or of all."""
    listed = [word for code in LANGUAGES if language in (None, code) for word in _read(code)[key]]
    if strange := next((word for word in listed if not isinstance(word, str)), None):
        raise Misconfigured(f"the lexicon's {key!r} holds {strange!r}", "put quotation marks around the word")
    return tuple(listed)


def any_of(phrases: tuple[str, ...] | list[str]) -> str:
    """A pattern for any of these phrases as whole words, the longest first."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return r"(?<![\w'])(?:" + "|".join(re.escape(phrase) for phrase in ordered) + r")(?![\w'])"


@cache
def pattern(key: str) -> re.Pattern[str]:
    """Finds any entry of `key` in folded text."""
    return re.compile(any_of(words(key)))


@cache
def labels() -> Mapping[str, tuple[str, ...]]:
    """Slot type -> what patients call such a field."""
    kinds = {kind for code in LANGUAGES for kind in _read(code)["labels"]}
    return {kind: tuple(w for code in LANGUAGES for w in _read(code)["labels"].get(kind, ())) for kind in sorted(kinds)}


def tells_complaint(folded: str) -> bool:
    """True when folded text has a body part or condition, with a letter wrong or missing in a longer word at most."""
    return bool(complaints().search(folded)) or any(_nearly(word) for word in re.findall(r"[a-z]{6,}", folded))


@remembers_words(4096)
def _nearly(word: str) -> bool:
    if word in read_yaml("app.understanding.lexicon", "complaints.yaml")["other_words"]:
        return False
    return any(
        other[0] == word[0] and DamerauLevenshtein.distance(word, other, score_cutoff=1) <= 1 for other in _long_ones()
    )


@cache
def _long_ones() -> frozenset[str]:
    listed = read_yaml("app.understanding.lexicon", "complaints.yaml")
    long_ones = [word for word in listed["body"] if len(word) >= 7] + [w for w in listed["condition"] if len(w) >= 8]
    return frozenset(word for word in long_ones if word.isalpha())


@cache
def complaints() -> re.Pattern[str]:
    """Body parts and conditions in folded text."""
    listed = read_yaml("app.understanding.lexicon", "complaints.yaml")
    return re.compile(any_of([*listed["body"], *listed["condition"]]) + "|" + _OPERATION)
