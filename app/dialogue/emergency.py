"""Red-flag screening: runs before everything else, on rules alone, and cannot be switched off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from rapidfuzz.distance import OSA

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold

Number = Literal["911", "988"]
_CLAUSE_END = re.compile(
    r"[.;!?\n]|,? \bbut\b|,? \bpero\b|, (?=(?:i|im|ive|my|me|he|she|it|quiero|tengo|siento|mi)\b)|\bhowever\b|"
    r"\bnow\b(?= (?:i|my|it|he|she|have))|\bahora\b"
)
_NEGATION_REACH = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """An emergency of `kind`, the number to call, and the version of the rules that found it."""

    kind: str
    number: Number
    version: str


@dataclass(frozen=True, slots=True)
class _Rules:
    version: str
    signs: dict[str, re.Pattern[str]]
    rules: tuple[tuple[str, Number, tuple[tuple[str, ...], ...]], ...]
    negation: re.Pattern[str]
    past: re.Pattern[str]
    idioms: re.Pattern[str]


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = read_yaml("app.dialogue", "emergency.yaml")
    signs = {name: re.compile("|".join(patterns)) for name, patterns in data["signs"].items()}
    rules = tuple(
        (rule["kind"], rule["number"], tuple(tuple(combo) for combo in rule["any"])) for rule in data["rules"]
    )
    if unknown := {sign for _, _, combos in rules for combo in combos for sign in combo} - set(signs):
        raise ValueError(f"emergency.yaml: a rule names the sign {min(unknown)!r}, which is not defined")
    negation = (
        r"\b(?:" + "|".join(re.escape(str(word)) for word in sorted(data["negations"], key=len, reverse=True)) + r")\b"
    )
    past = r"\b(?:" + "|".join(data["past"]) + r")\b"
    return _Rules(
        data["version"], signs, rules, re.compile(negation), re.compile(past), re.compile("|".join(data["idioms"]))
    )


def version() -> str:
    """The version of the rule file, for the record of a conversation."""
    return _rules().version


def screen(text: str, earlier: Sequence[str] = ()) -> Hit | None:
    """The first rule that the message meets, in the order of the file; None for everyday talk. Signs from `earlier`
    messages of the patient count too, but one sign of a rule must be in this message."""
    rules = _rules()
    now = _signs(text)
    before = {sign for message in earlier for sign in _signs(message)}
    for kind, number, combos in rules.rules:
        for combo in combos:
            if all(sign in now or sign in before for sign in combo) and any(sign in now for sign in combo):
                return Hit(kind, number, rules.version)
    return None


def _signs(text: str) -> set[str]:
    rules = _rules()
    folded = re.sub(r"[a-z]{5,}", _respelled, fold(text).replace("'", ""))
    folded = rules.idioms.sub(lambda hit: "·" * len(hit[0]), folded)
    return {name for name, sign in rules.signs.items() if any(_counts(folded, hit) for hit in sign.finditer(folded))}


def _respelled(word: re.Match[str]) -> str:
    """The sign's word that was meant by one with a single wrong, missing or swapped letter."""
    return _meant(word[0])


@lru_cache(maxsize=4096)
def _meant(word: str) -> str:
    data = read_yaml("app.dialogue", "emergency.yaml")
    if word in data["spelled"] or word in data["ordinary"]:
        return word
    near = (other for other in data["spelled"] if other[0] == word[0] and len(other) >= 5)
    return next((other for other in near if OSA.distance(word, other, score_cutoff=1) <= 1), word)


def _counts(text: str, hit: re.Match[str]) -> bool:
    """False when the words around say that it is not so, or was so long ago."""
    rules = _rules()
    start = max((end.end() for end in _CLAUSE_END.finditer(text, 0, hit.start())), default=0)
    stop = _CLAUSE_END.search(text, hit.end())
    clause_end = stop.start() if stop else len(text)
    lead = text[max(start, hit.start() - _NEGATION_REACH) : hit.start()]
    if negated := list(rules.negation.finditer(lead)):
        between = lead[negated[-1].end() :]
        if not re.search(r"\b(?:and|y|i have|i am|im|tengo|with|because|sleep|only|just|know|sure|why)\b", between):
            return False
    return not rules.past.search(text[start:clause_end])
