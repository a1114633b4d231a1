"""Plays conversation files against anything that answers a message with the contract's reply object.

A file is a mapping with `name`, `turns` and, where the clinic has a payer list, its rows as `payers`. A turn has
`patient:` (what is typed), or `replies:` (slot -> what is typed when the desk asks for it, until it asks for nothing
more; a slot that is not there or was asked before must not be asked). What may be expected of it: `expectations.py`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conversations.expectations import KEYS, Miss, misses

HERE = Path(__file__).parent
NOT_YET = HERE / "not_yet.yaml"
Done = Mapping[str, Any]
Say = Callable[[str], Done]


@dataclass(frozen=True, slots=True)
class Played:
    """One turn, from 1, what the desk last answered in it, and what was not as expected."""

    place: int
    turn: Mapping[str, Any]
    done: Done
    misses: tuple[Miss, ...]


def conversation_files(folder: Path = HERE) -> list[Path]:
    """Every conversation under the folder, in the order of their paths."""
    return sorted(path for path in folder.rglob("*.yaml") if path != NOT_YET)


def name_of(path: Path, folder: Path = HERE) -> str:
    """The file as lists of files name it: its path under the folder, without the ending."""
    return path.relative_to(folder).with_suffix("").as_posix()


def not_yet() -> dict[str, str]:
    """The files that do not hold yet, and why; `name_of` -> a line."""
    return yaml.safe_load(NOT_YET.read_text("utf-8")) or {}


def load(path: Path) -> dict[str, Any]:
    """One conversation; keys that no runner reads are a mistake of the file."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(data) <= {"name", "payers", "turns"}, f"{path.name}: unknown {set(data) - {'name', 'payers', 'turns'}}"
    for place, turn in enumerate(data["turns"], 1):
        strange = set(turn) - KEYS - {"patient", "replies"}
        assert not strange, f"{path.name} turn {place}: unknown {strange}"
        assert ("patient" in turn) != ("replies" in turn), f"{path.name} turn {place}: one of patient and replies"
        for said in [turn["patient"]] if "patient" in turn else turn["replies"].values():
            assert isinstance(said, str), f"{path.name} turn {place}: {said!r} is no text; put it in quotes"
    return data


def play(conversation: Mapping[str, Any], say: Say) -> None:
    """Plays all turns. AssertionError names the turn, what was wanted and what came."""
    for played in turns_of(conversation, say):
        said = played.turn.get("patient", played.turn.get("replies"))
        assert not played.misses, (
            f"{conversation['name']!r} turn {played.place} ({said!r}): "
            f"{'; '.join(miss.text for miss in played.misses)}\n"
            f"reply: {played.done['reply']}\naction: {json.dumps(played.done['action'], ensure_ascii=False)}"
        )


def turns_of(conversation: Mapping[str, Any], say: Say) -> Iterator[Played]:
    """Plays turn after turn, whatever goes wrong on the way."""
    done: Done = {}
    for place, turn in enumerate(conversation["turns"], 1):
        repeated: list[Miss] = []
        if "replies" in turn:
            done, repeated = _reply_to_questions(turn["replies"], done, say)
        else:
            done = say(turn["patient"])
        yield Played(place, turn, done, (*repeated, *misses(turn, done)))


def _reply_to_questions(replies: Mapping[str, str], done: Done, say: Say) -> tuple[Done, list[Miss]]:
    left = dict(replies)
    while asked := (done.get("action") or {}).get("asking"):
        if asked not in left:
            again = "again " if asked in replies else ""
            return done, [Miss("repeated", f"asked {again}for {asked}")]
        done = say(left.pop(asked))
    return done, []
