"""Which action a sentence wants, by likeness to the trigger examples of each action (clinics write their own)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

from rapidfuzz.distance import DamerauLevenshtein
from Stemmer import Stemmer

from app.dialogue.action import Action, Catalogue
from app.dialogue.slots.fold import fold
from app.understanding.slang import spelled_out
from app.understanding.wishes import light, wished
from app.word_caches import remembers_words

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
    "fizical": "physic",
    "phisical": "physic",
    "evaluated": "evalu",
    "eval": "evalu",
    "assessment": "evalu",
    "assess": "evalu",
    "begin": "start",
    "beginning": "start",
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
_TOPIC = re.compile(r"\b(?:about|regarding|sobre|acerca de)\b", re.IGNORECASE)
_RING_ME = re.compile(r"\bphone (me|us|him|her)\b")
MOST_WORDS_OF_A_REQUEST = 7
_LONGEST_CORE = 60
MOST_OF_AN_EXAMPLE = 0.6
_SPELLED = 5
"""Letters from which on a word may be misspelled."""
_STEMMER = Stemmer("english")


@remembers_words(16384)
def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    said = _RING_ME.sub(r"call \1", fold(spelled_out(text)).replace("'", " "))
    for word in re.findall(r"[a-z]+", said):
        if word in _ALIKE:
            found += _ALIKE[word].split()
        elif word not in _EMPTY:
            found.append(_STEMMER.stemWord(word))
    return tuple(found)


def _same(word: str, other: str) -> bool:
    return word == other or (
        min(len(word), len(other)) >= _SPELLED
        and word[0] == other[0]
        and DamerauLevenshtein.distance(word, other, score_cutoff=1) <= 1
    )


def _standing(said: tuple[str, ...], known: "_Known") -> frozenset[str]:
    """The words of all examples that stand in a text, a slip of the keyboard forgiven."""
    standing = known.words.intersection(said)
    slips = [
        other
        for word in set(said)
        if len(word) >= _SPELLED
        for other in known.near.get(word[0], ())
        if abs(len(other) - len(word)) <= 1 and _same(word, other)
    ]
    return standing.union(slips) if slips else standing


@dataclass(frozen=True, slots=True)
class _Known:
    """The telling words of examples: of each, of all together, and those that may be misspelled by first letter."""

    examples: tuple[frozenset[str], ...]
    counts: tuple[int, ...]
    words: frozenset[str]
    near: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=2048)
def _known(examples: tuple[str, ...]) -> _Known:
    """Worked out once for the examples of an action in one language."""
    told = [_tokens(example) for example in examples]
    found = frozenset(chain.from_iterable(told))
    near: dict[str, list[str]] = {}
    for word in found:
        if len(word) >= _SPELLED:
            near.setdefault(word[0], []).append(word)
    by_letter = {letter: tuple(listed) for letter, listed in near.items()}
    return _Known(tuple(frozenset(one) for one in told), tuple(len(one) for one in told), found, by_letter)


def tells_nothing(example: str) -> bool:
    """True for a trigger that only wishes ("I would like to", "I need help"): it would start its action never, or
    always."""
    return set(_tokens(example)) <= light(_tokens)


def _is_core(said: frozenset[str], wanted: frozenset[str]) -> bool:
    """True when the few words of a text are nothing but most of the example: "pt" for "need physical therapy"."""
    return said <= wanted and len(said) / len(wanted) >= MOST_OF_AN_EXAMPLE


def triggered(text: str, catalogue: Catalogue, *, request: bool = False) -> str | None:
    """The action whose best example is wholly in the text; the longer example wins, then the catalogue's order. What
    stands before "about" goes first. With `request` ("can I book a visit?") the text must say little else, or it asks
    something."""
    head = _TOPIC.split(text, maxsplit=1)[0]
    if head != text and (named := triggered(head, catalogue, request=request)):
        return named
    if request and (_CONDITION.search(fold(text)) or len(_tokens(text)) > MOST_WORDS_OF_A_REQUEST):
        return None
    best: tuple[int, int, str] | None = None
    said, length = _tokens(text), len(text.split())
    short = not request and len(text) <= _LONGEST_CORE and length <= 3
    core = frozenset(said) if short else frozenset()
    for place, action in enumerate(catalogue.actions):
        titles = tuple(action.title.values()) if length <= 4 else ()
        for examples in (*action.triggers.values(), titles):
            known = _known(tuple(examples))
            standing = _standing(said, known)
            for wanted, count in zip(known.examples, known.counts, strict=True):
                if core and _is_core(core, wanted):
                    return action.name
                if count and wanted <= standing and (best is None or (count, -place) > best[:2]):
                    best = (count, -place, action.name)
    return best[2] if best else wished_for(text, catalogue)


def wished_for(text: str, catalogue: Catalogue) -> str | None:
    """The action whose few examples the text puts in other words."""
    best = (0, "")
    for action in catalogue.actions:
        for examples in action.triggers.values():
            found = wished(text, examples, partial(_telling_of_others, action, catalogue), _tokens, _same)
            if found > best[0]:
                best = (found, action.name)
    return best[1] or None


def _telling_of_others(action: Action, catalogue: Catalogue) -> frozenset[str]:
    listed = [examples for one in catalogue.actions if one is not action for examples in one.triggers.values()]
    return frozenset(token for example in chain.from_iterable(listed) for token in _tokens(example))
