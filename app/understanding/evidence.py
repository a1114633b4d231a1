"""What must stand in the patient's own words before a language model's reading of them is believed."""

import re
from collections.abc import Iterable
from functools import cache

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.state import Caller
from app.understanding.slang import spelled_out
from app.understanding.told import tokens


def speaks_of(what: str, words: str) -> bool:
    """Whether the words can mean `what`, a key of evidence.yaml ("cancel", "person", ...)."""
    return bool(_pattern(what).search(fold(words)))


def speaks_of_caller(caller: Caller, words: str) -> bool:
    """Whether the words can tell that this is who writes."""
    return bool(_pattern("caller", caller.value).search(fold(words)))


def completes(question: str, known: Iterable[str]) -> bool:
    """Whether a question is made of words that are known, and of small words that complete them."""
    own = {word for text in known for word in tokens(text)}
    listed = own | _completing()
    return all(word in listed for word in tokens(question)) and any(word in own for word in tokens(question))


def telling(question: str) -> frozenset[str]:
    """The words of a question that say what it is about; all where none does."""
    said = frozenset(word for word in tokens(spelled_out(question)) if len(word) > 1)
    return said - _completing() or said


@cache
def _completing() -> frozenset[str]:
    return frozenset(word.replace("'", "") for word in _listed()["completing"])


@cache
def _pattern(key: str, inner: str | None = None) -> re.Pattern[str]:
    listed = _listed()[key][inner] if inner else _listed()[key]
    either = "|".join(re.escape(one).replace(r"\*", r"[\w'-]*") for one in sorted(listed, key=len, reverse=True))
    return re.compile(rf"(?<![\w'])(?:{either})(?![\w'])")


def _listed() -> dict:  # type: ignore[type-arg]
    return read_yaml("app.understanding", "evidence.yaml")
