"""Plays conversation files against anything that answers a message with the contract's reply object.

A file is a mapping with `name`, `turns` and, where the clinic has a payer list, its rows as `payers`. A turn has
`patient:` (what is typed) and any of `desk:` (regular expressions found in the reply and its answers), `desk_not:`,
`asked:` (regular expressions, one for each question answered or deferred, in order), `asking:`, `status:`, `action:`,
`answers:` (how many), `emergency:`, `handoff:` and `slots:` (name -> text or texts contained in the value, null for
withheld).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
Say = Callable[[str], Mapping[str, Any]]


def conversation_files() -> list[Path]:
    """Every conversation beside this file, in the order of their names."""
    return sorted(HERE.glob("*.yaml"))


def load(path: Path) -> dict[str, Any]:
    """One conversation; keys that no runner reads are a mistake of the file."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {
        "patient",
        "desk",
        "desk_not",
        "asked",
        "asking",
        "status",
        "action",
        "slots",
        "answers",
        "emergency",
        "handoff",
    }
    for place, turn in enumerate(data["turns"]):
        strange = set(turn) - known
        assert not strange, f"{path.name} turn {place + 1}: unknown {strange}"
    return data


def play(conversation: Mapping[str, Any], say: Say) -> None:
    """Plays all turns. AssertionError names the turn, what was wanted and what came."""
    for place, turn in enumerate(conversation["turns"], 1):
        done = say(turn["patient"])
        problems = list(_problems(turn, done))
        assert not problems, (
            f"{conversation['name']!r} turn {place} ({turn['patient']!r}): {'; '.join(problems)}\n"
            f"reply: {done['reply']}\naction: {json.dumps(done['action'], ensure_ascii=False)}"
        )


def _problems(turn: Mapping[str, Any], done: Mapping[str, Any]) -> Iterator[str]:
    action = done.get("action") or {}
    said = "\n".join([done["reply"], *(answer["text"] for answer in done["answers"])])
    for wanted in _listed(turn.get("desk")):
        if not re.search(wanted, said, re.IGNORECASE):
            yield f"the desk did not say {wanted!r}"
    for unwanted in _listed(turn.get("desk_not")):
        if re.search(unwanted, said, re.IGNORECASE):
            yield f"the desk said {unwanted!r}"
    if "asked" in turn:
        questions = [answer["question"] for answer in done["answers"]]
        fits = len(questions) == len(turn["asked"]) and all(
            re.search(wanted, question, re.IGNORECASE)
            for wanted, question in zip(turn["asked"], questions, strict=True)
        )
        if not fits:
            yield f"the questions are {questions}, wanted {turn['asked']}"
    for key, got in (
        ("asking", action.get("asking")),
        ("status", action.get("status")),
        ("action", action.get("name")),
    ):
        if key in turn and turn[key] != got:
            yield f"{key} is {got!r}, wanted {turn[key]!r}"
    for key in ("emergency", "handoff"):
        if key in turn and turn[key] != done[key]:
            yield f"{key} is {done[key]!r}, wanted {turn[key]!r}"
    if "answers" in turn and turn["answers"] != len(done["answers"]):
        yield f"{len(done['answers'])} answers, wanted {turn['answers']}"
    for name, wanted in turn.get("slots", {}).items():
        yield from _slot_problems(name, wanted, action.get("slots", {}).get(name))


def _slot_problems(name: str, wanted: Any, got: Any) -> Iterator[str]:
    if wanted is None:
        if got is not None:
            yield f"slot {name} is {got!r}, wanted nothing"
        return
    shown = got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)
    for piece in _listed(wanted):
        if str(piece).casefold() not in shown.casefold():
            yield f"slot {name} is {shown}, wanted {piece!r} in it"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
