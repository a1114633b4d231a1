"""Which of the desk's languages a text is in, by its small words; short answers ("Cigna") tell nothing."""

import re
from functools import cache
from typing import Literal

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")
_IN_NAMES = frozenset({"de", "la", "las", "los", "el", "del", "y", "al"})
_OPENS_IN_SPANISH = re.compile(r"[¿¡]")
_SPANISH_MARKS = re.compile(r"[¿¡ñ]|[áéíóú]\w*\b")


def detect(text: str) -> Language | None:
    """ "en", "es", or None when the words do not tell. Two tokens of evidence more than the other language decide;
    one is enough in a message of few words or with Spanish marks."""
    if _OPENS_IN_SPANISH.search(text):
        return "es"
    tokens = _tokens(text)
    if not any(token in _small(code) for token in tokens if token not in _IN_NAMES for code in LANGUAGES):
        return None
    counts = _counts(text, tokens)
    best = max(LANGUAGES, key=lambda code: counts[code])
    margin = counts[best] - max(count for code, count in counts.items() if code != best)
    return best if margin >= (2 if len(tokens) > 3 else 1) and counts[best] >= 2 else None


def language_of(text: str) -> Language:
    """The likelier language of `text`, English when nothing tells: enough to choose a wording file."""
    counts = _counts(text, _tokens(text))
    return "es" if _OPENS_IN_SPANISH.search(text) or counts["es"] > counts["en"] else "en"


def _counts(text: str, tokens: list[str]) -> dict[Language, int]:
    counts: dict[Language, int] = {code: sum(token in _small(code) for token in tokens) for code in LANGUAGES}
    if counts["es"] or not counts["en"]:  # a name alone ("Muñoz") makes no English sentence Spanish
        counts["es"] += 2 * len(_SPANISH_MARKS.findall(text.lower()))
    return counts


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z']+", fold(text))


@cache
def _small(language: Language) -> frozenset[str]:
    return frozenset(str(read_yaml("app.dialogue", "language.yaml")[language]).split())
