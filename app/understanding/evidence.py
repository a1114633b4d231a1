"""What must stand in the patient's own words before a language model's reading of them is believed."""

import re
from collections.abc import Iterable
from functools import cache

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.state import Caller
from app.understanding.agreeing import is_yes
from app.understanding.slang import spelled_out
from app.understanding.told import tokens

_SHORT = 8
"""Words up to which a message is plainly nothing but a yes."""


def speaks_of(what: str, words: str) -> bool:
    """Whether the words can mean `what`, a key of evidence.yaml ("cancel", "person", ...)."""
    return bool(_pattern(what).search(fold(words)))


def speaks_of_caller(caller: Caller, words: str) -> bool:
    """Whether the words can tell that this is who writes."""
    return bool(_pattern("caller", caller.value).search(fold(words)))


def plainly_yes(text: str) -> bool:
    """True for a whole message that agrees and says nothing else: no other word, no number, no question."""
    if "?" in text or "¿" in text:
        return False
    if is_yes(text):
        return True
    said = tokens(fold(text).replace("'", ""))
    agrees, beside = _plain("yes"), _plain("beside")
    return 0 < len(said) <= _SHORT and any(word in agrees for word in said) and set(said) <= agrees | beside


def completes(question: str, known: Iterable[str]) -> bool:
    """Whether a question is made of words that are known, and of small words that complete them."""
    own = {word for text in known for word in tokens(text)}
    listed = own | _plain("completing")
    return all(word in listed for word in tokens(question)) and any(word in own for word in tokens(question))


def telling(question: str) -> frozenset[str]:
    """The words of a question that say what it is about; all where none does."""
    said = frozenset(word for word in tokens(spelled_out(question)) if len(word) > 1)
    return said - _plain("completing") or said


@cache
def _plain(key: str) -> frozenset[str]:
    return frozenset(word.replace("'", "") for word in _listed()[key])


@cache
def _pattern(key: str, inner: str | None = None) -> re.Pattern[str]:
    listed = _listed()[key][inner] if inner else _listed()[key]
    either = "|".join(re.escape(one).replace(r"\*", r"[\w'-]*") for one in sorted(listed, key=len, reverse=True))
    return re.compile(rf"(?<![\w'])(?:{either})(?![\w'])")


def _listed() -> dict:  # type: ignore[type-arg]
    return read_yaml("app.understanding", "evidence.yaml")
