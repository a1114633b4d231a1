"""Practice messages that a language model reads before it may read patients', and how its reading is marked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.dialogue import commands as c
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide
from app.dialogue.moves import Complete
from app.dialogue.reading_value import read_value
from app.dialogue.shipped import read_yaml
from app.dialogue.slots import Parsed
from app.dialogue.state import State, Topic
from app.understanding.told import tokens
from app.understanding.wished_times import ANY_DAY

_PACKAGE = "app.understanding"
_WORDED = ("reason", "text", "provider")
_PLAIN: dict[type, str] = {
    c.Affirm: "yes",
    c.Deny: "no",
    c.CancelAction: "cancel",
    c.StartOver: "start_over",
    c.RequestHuman: "person",
    c.AskWhy: "why",
}
_CHANGES = {"instead": "change", "also": "add", "except": "remove"}
_SAME = {"change": "give"}
_SILENT = (c.Unclear, c.UseLanguage)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a message means, in one of several ways: `do`, the field or kind, and the words of the value."""

    ways: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """One message in its state, what must be understood, and what may be."""

    says: str
    state: State
    means: tuple[Meaning, ...]
    may: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """`right`: all that must be understood is, and nothing beside it. `harmful`: a value in the wrong place, an end or
    a submission that nobody asked for, which rules alone would not have brought about."""

    right: bool
    harmful: bool


@cache
def exam_version() -> str:
    """Tells exams apart: another message or another task makes another exam."""
    parts = [(files(_PACKAGE) / name).read_bytes() for name in ("exam.yaml", "briefing.txt")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def practices(catalogue: Catalogue) -> list[Practice]:
    """The messages, with the states that the desk itself comes to."""
    return [_practice(one, catalogue) for one in read_yaml(_PACKAGE, "exam.yaml")["messages"]]


def _practice(written: dict[str, Any], catalogue: Catalogue) -> Practice:
    state = State()
    if "action" in written:
        given = [c.SetSlot(name, said) for name, said in written.get("given", {}).items()]
        state, _ = decide(state, [c.StartAction(written["action"]), *given], catalogue, ANY_DAY)
    for question in written.get("asked", ()):
        state = state.after(Topic(question))
    means, may = (tuple(_meaning(line) for line in written.get(key, ())) for key in ("means", "may"))
    return Practice(written["says"], state, means, may)


def _meaning(line: str) -> Meaning:
    return Meaning(tuple(_way(one.strip()) for one in line.split("|")))


def _way(written: str) -> tuple[str, str, str]:
    head, _, value = (part.strip() for part in written.partition("="))
    do, _, on = head.partition(" ")
    return (do, "", on) if do == "ask" else (do, on, value)


def marked(practice: Practice, commands: Sequence[c.Command], rules: Sequence[c.Command], on: Catalogue) -> Marked:
    """How well `commands` tell what the message means; `rules` are those of the rules alone."""
    told = [one for one in commands if not isinstance(one, _SILENT)]
    found = [any(_fits(one, meaning, practice, on) for one in told) for meaning in practice.means]
    wanted = (*practice.means, *practice.may)
    extra = [one for one in told if not any(_fits(one, meaning, practice, on) for meaning in wanted)]
    worse = [one for one in extra if one not in rules and _harms(one)]
    submits = _submits(practice.state, commands, on) and not _submits(practice.state, rules, on)
    agreed = any(("yes", "", "") in meaning.ways for meaning in practice.means)
    return Marked(all(found) and not extra, bool(worse) or (submits and not agreed))


def _harms(command: c.Command) -> bool:
    return isinstance(command, c.SetSlot | c.CorrectSlot | c.CancelAction | c.StartOver)


def _submits(state: State, commands: Sequence[c.Command], catalogue: Catalogue) -> bool:
    _, moves = decide(state, commands, catalogue, ANY_DAY)
    return any(isinstance(move, Complete) for move in moves)


def _fits(command: c.Command, meaning: Meaning, practice: Practice, catalogue: Catalogue) -> bool:
    return any(_is(command, do, on, value, practice, catalogue) for do, on, value in meaning.ways)


def _is(command: c.Command, do: str, on: str, value: str, practice: Practice, catalogue: Catalogue) -> bool:
    match command:
        case c.SetSlot(name, said):
            return (_SAME.get(do, do), on) == ("give", name) and _means(said, name, value, practice, catalogue)
        case c.CorrectSlot(name, said, how):
            same = _SAME.get(do, do) == _SAME.get(_CHANGES[how], _CHANGES[how]) and on == name
            return same and _means(said, name, value, practice, catalogue)
        case c.SkipSlot(name, why):
            return on == (name or practice.state.asking) and do in ("decline", "unknown") and do == _SKIPS[why]
        case c.KeepSlot(name):
            return (do, on) == ("keep", name or practice.state.asking)
        case c.AskQuestion(text):
            return do == "ask" and set(tokens(value)) <= set(tokens(text))
        case c.StartAction(name):
            return (do, on) == ("start", name)
        case c.Identify(caller):
            return (do, on) == ("caller", caller.value)
        case c.SmallTalk(kind):
            return (do, on) == ("talk", kind)
    return _PLAIN.get(type(command)) == do


_SKIPS = {"declined": "decline", "unknown": "unknown"}


def _means(said: str, name: str, value: str, practice: Practice, catalogue: Catalogue) -> bool:
    """Whether `said` gives the field the value that `value` would."""
    spec = catalogue.spec(name, practice.state.action)
    if spec is None or not value or not said:
        return spec is not None and said == value
    if spec.type in _WORDED and set(tokens(value)) <= set(tokens(said)):
        return True
    after = [_filled(practice, c.CorrectSlot(name, text), catalogue).get(name) for text in (said, value)]
    if after[0] is not None and _comparable(after[0]) == _comparable(after[1]):
        return True
    read = [read_value(spec, text, ANY_DAY, catalogue.payers, practice.state.language) for text in (said, value)]
    first, second = read
    return isinstance(first, Parsed) and isinstance(second, Parsed) and first.value == second.value


def _filled(practice: Practice, command: c.Command, catalogue: Catalogue) -> dict[str, Any]:
    state, _ = decide(practice.state, [command], catalogue, ANY_DAY)
    return state.filled()


def _comparable(value: Any) -> Any:
    """Without the words, which differ."""
    return [{**one, "said": ""} for one in value] if isinstance(value, list) else value
