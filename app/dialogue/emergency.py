"""Red-flag screening: runs before everything else, on rules alone, and cannot be switched off."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from app.dialogue.denial import Speech
from app.dialogue.shipped import read_yaml
from app.dialogue.signs import Line, Message
from app.dialogue.spotting import Lists, Vocabulary, Words
from app.errors import Misconfigured

Number = Literal["911", "988"]
Level = Literal["emergency", "urgent"]
_PACKAGE, _RULES, _WORDS = "app.dialogue", "emergency.yaml", "emergency_words.yaml"
_ORDINARY = "emergency_ordinary.yaml"
_SHORT = 14
"""Words of a message that may go on with the one before: "my chest", "it hurts a lot"."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A danger of `kind`, the number to call, and the version of the rules that found it. `urgent` is for what a doctor
    must see today although no ambulance is needed."""

    kind: str
    number: Number
    version: str
    level: Level = "emergency"


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    number: Number
    level: Level
    any: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    version: str
    vocabulary: Vocabulary
    speech: Speech
    signs: dict[str, tuple[Line, ...]]
    rules: tuple[_Rule, ...]


def version() -> str:
    """The version of the rule file, for the record of a conversation. Raises Misconfigured when it cannot be used."""
    return _rules().version


def screen(text: str, earlier: Sequence[str] = ()) -> Hit | None:
    """The first rule that the message meets, in the order of the file; None for everyday talk. Signs from `earlier`
    messages of the patient, oldest first, count too, but one sign of a rule must be in this message."""
    rules = _rules()
    read = [rules.vocabulary.read(message) for message in (*earlier, text)]
    now = _signs(rules, read[-1])
    if len(read) > 1 and max(len(read[-1].said), len(read[-2].said)) <= _SHORT:
        now |= _signs(rules, read[-2] + read[-1], since=len(read[-2].said))
    if not now:
        return None
    before = {sign for message in read[:-1] for sign in _signs(rules, message)}
    for rule in rules.rules:
        if any(now.issuperset(one) or (now & set(one) and (now | before).issuperset(one)) for one in rule.any):
            return Hit(rule.kind, rule.number, rules.version, rule.level)
    return None


def _signs(rules: _Rules, words: Words, since: int = 0) -> set[str]:
    message = Message(words, rules.vocabulary.spot(words), rules.speech, since)
    return {name for name, lines in rules.signs.items() if any(message.shows(line) for line in lines)}


@cache
def _rules() -> _Rules:
    data, words = read_yaml(_PACKAGE, _RULES), read_yaml(_PACKAGE, _WORDS)
    signs = {name: tuple(Line.read(line) for line in lines) for name, lines in data["signs"].items()}
    rules = tuple(
        _Rule(rule["kind"], rule["number"], rule["level"], tuple(tuple(one.split(" + ")) for one in rule["any"]))
        for rule in data["rules"]
    )
    _all_known({name for lines in signs.values() for line in lines for name in line.names()}, words["words"], "words")
    _all_known({sign for rule in rules for one in rule.any for sign in one}, signs, "signs")
    return _Rules(data["version"], _vocabulary(words), _speech(words), signs, rules)


def _all_known(named: set[str], known: Any, where: str) -> None:
    if unknown := named - set(known):
        raise Misconfigured(
            f"{_RULES}: {min(unknown)!r} is not among the {where}", f"define it there, or correct the name in {_RULES}"
        )


def _vocabulary(words: dict[str, Any]) -> Vocabulary:
    groups = {**words["words"], "negations": words["negations"]}
    ordinary = read_yaml(_PACKAGE, _ORDINARY)["ordinary"].split()
    lists = Lists(words["small"], words["forms"], words["idioms"], words["numbers"], words["spelled"], ordinary)
    return Vocabulary(groups, lists)


def _speech(words: dict[str, Any]) -> Speech:
    lists = words["speech"]
    single = ("auxiliaries", "stops", "starters", "subjects", "leads", "joins", "breaks", "noes", "being", "fine")
    return Speech(
        symptoms=frozenset(words["words"]) - frozenset(words["circumstances"]),
        parts=frozenset(words["parts"]),
        negatable=tuple(str(word).rstrip("*") for word in lists["negatable"]),
        **{name: frozenset(str(word) for word in lists[name]) for name in single},
    )
