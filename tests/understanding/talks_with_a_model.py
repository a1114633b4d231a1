"""Plays the conversation files with a guest that reads each message after the rules.

`python -m tests.understanding.talks_with_a_model requests FOLDER` writes what a model would be asked at each message of
each conversation file, so that somebody can write down what a strong one returns; `check FILE...` reads such a record
and says what could not be used; `held [FOLDER]` counts the files that hold by rules and with the records.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.actions.shipped import shipped_actions
from app.bootstrap import Running
from app.llm.base import Guest
from app.understanding.proposals import DOINGS
from app.understanding.told import Told
from tests.conversations.runner import conversation_files, load, name_of, turns_of
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.payer_lists import make_clinic_with_payers
from tests.understanding.recorded_model import (
    FOLDER,
    ReadTwice,
    Scripted,
    message_in,
    read,
    recorded,
    recorded_names,
    request_in,
)

Opener = Callable[[Mapping[str, Any], Guest], Talk]


@contextmanager
def talks(folder: Path) -> Iterator[Opener]:
    """Opens a talk of one conversation file at a real desk, with this guest."""
    with desk_at_rest(folder) as running:
        plain = make_clinic(running)

        def open_talk(conversation: Mapping[str, Any], guest: Guest) -> Talk:
            payers = conversation.get("payers")
            clinic = make_clinic_with_payers(running, payers) if payers else plain
            return Talk(with_guest(running, guest), clinic)

        yield open_talk


def with_guest(running: Running, guest: Guest) -> Running:
    """The same desk, whose messages are read by the guest too."""
    understanding = ReadTwice(running.desk.understanding, guest)
    return replace(running, desk=replace(running.desk, understanding=understanding))


def holds(conversation: Mapping[str, Any], talk: Talk) -> bool:
    """Whether every turn is as the file expects."""
    return not any(played.misses for played in turns_of(conversation, talk.say))


def write_requests(target: Path) -> None:
    """One file for each conversation file whose messages a model is asked about, and SYSTEM.txt, which goes before."""
    with tempfile.TemporaryDirectory() as folder, talks(Path(folder)) as open_talk:
        for path in conversation_files():
            guest = Scripted({})
            conversation = load(path)
            holds(conversation, open_talk(conversation, guest))
            file = target / f"{name_of(path)}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            asked = {message_in(one).strip(): request_in(one) for one in guest.seen}
            file.write_text("\n=====\n".join(asked.values()), encoding="utf-8")
            system = guest.seen[0][0] if guest.seen else None
            if system and path.name == "callback.yaml":
                (target / "SYSTEM.txt").write_text("".join(part.text for part in system.parts), encoding="utf-8")


def check(path: Path) -> list[str]:
    """What is wrong with a record; empty for one that can be played."""
    name = path.stem if path.parent.name == "recorded" else f"{path.parent.name}/{path.stem}"
    source = next((one for one in conversation_files() if name_of(one) == name), None)
    if source is None:
        return [f"{name}: there is no tests/conversations/{name}.yaml"]
    spoken = [said for turn in load(source)["turns"] for said in _said(turn)]
    fields = {spec.name for action in shipped_actions() for spec in action.slots}
    wrong = []
    for one in read(path):
        message = str(one.get("message", "")).strip()
        if message not in spoken:
            wrong.append(f"{name}: {message!r} is not said in that file")
        wrong += [
            f"{name}: {message[:40]!r}: {text}" for it in one["commands"] for text in _faults(it, message, fields)
        ]
    return wrong


def _said(turn: Mapping[str, Any]) -> list[str]:
    return [said.strip() for said in ([turn["patient"]] if "patient" in turn else turn["replies"].values())]


def _faults(command: Mapping[str, Any], message: str, fields: set[str]) -> Iterator[str]:
    if set(command) != {"words", "do", "on", "value"} or not all(isinstance(v, str) for v in command.values()):
        yield f"{dict(command)} does not have exactly the texts words, do, on, value (put numbers in quotes)"
        return
    told = Told(message)
    if command["do"] not in DOINGS:
        yield f"do: {command['do']!r} is none of {', '.join(DOINGS)}"
    if not told.find(command["words"]):
        yield f"the words {command['words']!r} do not stand in the message"
    if command["do"] in ("give", "change", "add", "remove"):
        if command["on"] not in fields:
            yield f"on: {command['on']!r} is no field"
        if command["value"] and not told.find(command["value"]):
            yield f"the value {command['value']!r} does not stand in the message"


def write_held(folder: Path) -> None:
    """Prints which files hold by rules, and which with the records."""
    files = conversation_files()
    with tempfile.TemporaryDirectory() as data, talks(Path(data)) as open_talk:
        played = {name_of(path): load(path) for path in files}
        by_rules = {name for name, talk in played.items() if holds(talk, open_talk(talk, Scripted({})))}
        with_model = {
            name for name, talk in played.items() if holds(talk, open_talk(talk, Scripted(recorded(name, folder))))
        }
    print(f"{len(files)} files, {len(recorded_names(folder))} recorded")
    print(f"{len(by_rules)} hold by rules, {len(with_model)} with the records")
    print("only with the records:", *sorted(with_model - by_rules))
    print("no longer with them:", *sorted(by_rules - with_model))


def main(what: str, *rest: str) -> int:
    """See the module."""
    if what == "requests":
        write_requests(Path(rest[0]))
    elif what == "held":
        write_held(Path(rest[0]) if rest else FOLDER)
    else:
        wrong = [text for file in rest for text in check(Path(file))]
        print("\n".join(wrong) or "can be played")
        return int(bool(wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
