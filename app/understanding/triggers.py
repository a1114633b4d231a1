"""Which action a sentence wants, by likeness to the trigger examples of each action (clinics write their own)."""

import re
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein
from Stemmer import Stemmer

from app.dialogue.action import Catalogue
from app.dialogue.slots.fold import fold

_ALIKE = {
    "pt": "physic therapi",
    "physiotherapy": "physic therapi",
    "physio": "physic therapi",
    "rehab": "therapi",
    "dr": "doctor",
    "doc": "doctor",
    "physician": "doctor",
    "surgeon": "doctor",
    "orthopedist": "doctor",
    "specialist": "doctor",
    "somebody": "someon",
    "anyone": "someon",
    "ring": "call",
    "appt": "appoint",
    "apt": "appoint",
    "gotten": "got",
    "get": "got",
    "looking": "want",
    "interested": "want",
    "wish": "want",
    "fisioterapia": "terapia fisica",
    "doctora": "doctor",
    "medico": "doctor",
    "ortopedista": "doctor",
    "cirujano": "doctor",
}
_EMPTY = frozenset(
    [
        "i",
        "a",
        "an",
        "the",
        "to",
        "for",
        "would",
        "like",
        "d",
        "ll",
        "m",
        "ve",
        "s",
        "please",
        "my",
        "of",
        "with",
        "and",
        "in",
        "at",
        "on",
        "do",
        "can",
        "could",
        "you",
        "is",
        "was",
        "have",
        "had",
        "has",
        "be",
        "it",
        "that",
        "this",
        "some",
        "am",
        "im",
        "by",
        "from",
        "should",
        "as",
        "up",
        "out",
        "que",
        "el",
        "la",
        "los",
        "un",
        "una",
        "de",
        "mi",
        "por",
        "para",
        "favor",
        "y",
        "en",
        "con",
        "se",
        "su",
        "al",
        "le",
        "lo",
        "debo",
        "hacer",
        "alguien",
    ]
)
_CONDITION = re.compile(r"\b(?:without|if|how|cost|price|insurance|before|even|still|sin|cuesta|si)\b")
MOST_WORDS_OF_A_REQUEST = 7
ENOUGH = 0.99
_STEMMER = Stemmer("english")


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in re.findall(r"[a-z]+", fold(text).replace("'", " ")):
        if word in _ALIKE:
            found += _ALIKE[word].split()
        elif word not in _EMPTY:
            found.append(_STEMMER.stemWord(word))
    return tuple(found)


def _same(word: str, other: str) -> bool:
    return word == other or (
        min(len(word), len(other)) >= 5
        and word[0] == other[0]
        and DamerauLevenshtein.distance(word, other, score_cutoff=1) <= 1
    )


def likeness(text: str, example: str) -> tuple[float, int]:
    """Share of the example's telling words that stand in the text, and how many they are."""
    said, wanted = _tokens(text), _tokens(example)
    if not wanted:
        return 0.0, 0
    found = sum(any(_same(word, other) for other in said) for word in wanted)
    return found / len(wanted), found


def triggered(text: str, catalogue: Catalogue, *, request: bool = False) -> str | None:
    """The action whose best example is wholly in the text; the longer example wins, then the catalogue's order. With
    `request` ("can I book a visit?") the text must say little else, or it asks something."""
    if request and (_CONDITION.search(fold(text)) or len(_tokens(text)) > MOST_WORDS_OF_A_REQUEST):
        return None
    best: tuple[int, int, str] | None = None
    for place, action in enumerate(catalogue.actions):
        titles = tuple(action.title.values()) if len(text.split()) <= 4 else ()
        for examples in (*action.triggers.values(), titles):
            for example in examples:
                share, count = likeness(text, example)
                if share >= ENOUGH and (best is None or (count, -place) > best[:2]):
                    best = (count, -place, action.name)
    return best[2] if best else None
