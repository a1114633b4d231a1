"""Which action a sentence wants, by likeness to the trigger examples of each action (clinics write their own)."""

import re
from functools import partial
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
        min(len(word), len(other)) >= 5
        and word[0] == other[0]
        and DamerauLevenshtein.distance(word, other, score_cutoff=1) <= 1
    )


def wholly(text: str, example: str) -> int:
    """How many telling words the example has, when all of them stand in the text; 0 otherwise."""
    said, wanted = _tokens(text), _tokens(example)
    return len(wanted) if all(word in said or any(_same(word, other) for other in said) for word in wanted) else 0


def tells_nothing(example: str) -> bool:
    """True for a trigger that only wishes ("I would like to", "I need help"): it would start its action never, or
    always."""
    return set(_tokens(example)) <= light(_tokens)


def _is_core(text: str, example: str) -> bool:
    """True when the text is nothing but most of the example: "pt" for "need physical therapy"."""
    if len(text) > _LONGEST_CORE or len(text.split()) > 3:
        return False
    said, wanted = set(_tokens(text)), set(_tokens(example))
    return bool(said) and said <= wanted and len(said) / len(wanted) >= MOST_OF_AN_EXAMPLE


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
    for place, action in enumerate(catalogue.actions):
        titles = tuple(action.title.values()) if len(text.split()) <= 4 else ()
        for examples in (*action.triggers.values(), titles):
            for example in examples:
                if not request and _is_core(text, example):
                    return action.name
                count = wholly(text, example)
                if count and (best is None or (count, -place) > best[:2]):
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
