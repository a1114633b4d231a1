"""The red flags as data: the lexicon, the way things are said, the signs and the rules, read once from their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from app.dialogue.denial import Speech
from app.dialogue.shipped import read_yaml
from app.dialogue.signs import Line
from app.dialogue.spotting import Lists, Vocabulary
from app.errors import Misconfigured

Number = Literal["911", "988"]
Level = Literal["emergency", "urgent"]
_PACKAGE, _RULES, _WORDS = "app.dialogue", "emergency.yaml", "emergency_words.yaml"
_SPEECH, _ORDINARY = "emergency_speech.yaml", "emergency_ordinary.yaml"
_SAID = (
    "auxiliaries",
    "stops",
    "starters",
    "subjects",
    "leads",
    "joins",
    "ors",
    "breaks",
    "noes",
    "bridges",
    "being",
    "fine",
)
_SIGNS, _NO_SIGNS = ("parts", "findings"), ("circumstances", "excuses")


@dataclass(frozen=True, slots=True)
class Rule:
    """A danger: its kind, the number to call, and the combinations of signs of which any one is enough."""

    kind: str
    number: Number
    level: Level
    any: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class RedFlags:
    """Everything a screening needs: signs and rules in the order of the file. `begun_by` maps a word group to the lines
    (with their sign) that one of its words may begin: a message has few groups, and each line needs its first."""

    version: str
    vocabulary: Vocabulary
    speech: Speech
    signs: dict[str, tuple[Line, ...]]
    rules: tuple[Rule, ...]
    begun_by: Mapping[str, tuple[tuple[str, Line], ...]]


@cache
def red_flags() -> RedFlags:
    """The rules that are shipped. Raises Misconfigured when a file names a sign or a word group that is not there."""
    data, lexicon, speech = (read_yaml(_PACKAGE, name) for name in (_RULES, _WORDS, _SPEECH))
    groups = {name: _phrases(said) for role in (*_SIGNS, *_NO_SIGNS) for name, said in lexicon[role].items()}
    signs = {name: tuple(Line.read(line) for line in lines) for name, lines in data["signs"].items()}
    rules = tuple(
        Rule(rule["kind"], rule["number"], rule["level"], tuple(tuple(one.split(" + ")) for one in rule["any"]))
        for rule in data["rules"]
    )
    _all_known({name for lines in signs.values() for line in lines for name in line.names()}, groups, "words")
    _all_known(set(speech["compounds"]), groups, "words")
    _all_known({sign for rule in rules for one in rule.any for sign in one}, signs, "signs")
    symptoms = frozenset(name for role in _SIGNS for name in lexicon[role])
    told = _vocabulary(groups, speech), _speech(speech, symptoms)
    return RedFlags(data["version"], *told, signs, rules, _begun_by(signs))


def _begun_by(signs: Mapping[str, tuple[Line, ...]]) -> dict[str, tuple[tuple[str, Line], ...]]:
    found: dict[str, list[tuple[str, Line]]] = {}
    for sign, lines in signs.items():
        for line in lines:
            for name in line.items[0]:
                found.setdefault(name, []).append((sign, line))
    return {name: tuple(lines) for name, lines in found.items()}


def _phrases(said: dict[str, list[str]]) -> list[str]:
    """The wordings of every language together: people mix them."""
    return [str(phrase) for language in said.values() for phrase in language]


def _all_known(named: set[str], known: Any, where: str) -> None:
    if unknown := named - set(known):
        raise Misconfigured(
            f"{_RULES}: {min(unknown)!r} is not among the {where}", f"define it there, or correct the name in {_RULES}"
        )


def _vocabulary(groups: dict[str, list[str]], said: dict[str, Any]) -> Vocabulary:
    ordinary = read_yaml(_PACKAGE, _ORDINARY)["ordinary"].split()
    lists = Lists(
        small=(*said["small"], *said["people"]),
        forms=said["forms"],
        idioms=said["idioms"],
        compounds=said["compounds"],
        same={**said["numbers"], **said["shorthand"]},
        spelled=said["spelled"],
        ordinary=ordinary,
    )
    return Vocabulary({**groups, "negations": said["negations"]}, lists)


def _speech(said: dict[str, Any], symptoms: frozenset[str]) -> Speech:
    lists = said["speech"]
    return Speech(
        symptoms=symptoms,
        parts=frozenset(said["own_pain"]),
        negatable=tuple(str(word).rstrip("*") for word in lists["negatable"]),
        **{name: frozenset(str(word) for word in lists[name]) for name in _SAID},
    )
