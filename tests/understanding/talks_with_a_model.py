"""Plays the conversation files with a guest that reads each message after the rules.

`python -m tests.understanding.talks_with_a_model requests FOLDER` writes what a model would be asked at each message of
each conversation file, so that somebody can write down what a strong one returns; `check FILE...` reads such a record
and says what could not be used; `held [FOLDER]` counts the files that hold by rules and with the records; `server URL
MODEL [EVERY [FROM]]` has a real model read the files (every so many) as if it had passed the exam, with all the time
that it wants, and counts those that hold by rules and with it; `exam URL MODEL` has it take the exam in the same way.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.actions.shipped import shipped_actions
from app.bootstrap import Running
from app.clock import new_id
from app.dialogue.action import Catalogue
from app.dialogue.private import mask
from app.llm.base import Failure, Guest, ModelFailed, OutputSchema, Prompt, Purpose
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.understanding.exam import marked, practices
from app.understanding.model import second_reading
from app.understanding.proposals import DOINGS
from app.understanding.told import Told
from app.usecases.change_clinic import change_clinic
from tests.conversations.runner import conversation_files, load, name_of, turns_of
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.payer_lists import make_clinic_with_payers
from tests.understanding.recorded_model import (
    FOLDER,
    Noise,
    ReadTwice,
    Scripted,
    message_in,
    read,
    recorded,
    recorded_names,
    request_in,
)

PATIENCE_S = 300.0
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
    return [mask(said)[0].strip() for said in ([turn["patient"]] if "patient" in turn else turn["replies"].values())]


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
        with_noise = {name for name, talk in played.items() if holds(talk, open_talk(talk, Noise()))}
    print(f"{len(files)} files, {len(recorded_names(folder))} recorded")
    print(f"{len(by_rules)} hold by rules, {len(with_model)} with the records")
    print(f"{len(with_noise)} with a model that says anything; no longer:", *sorted(by_rules - with_noise))
    print("only with the records:", *sorted(with_model - by_rules))
    print("no longer with them:", *sorted(by_rules - with_model))


@contextmanager
def with_server(url: str, model: str) -> Iterator[tuple[Running, "_Asked"]]:
    """A desk, and a guest at a real server that waits as long as the model wants: how it reads is measured, not how
    fast."""
    server = {"llm_base_url": url, "llm_model": model, "llm_local": True, "llm_tokens_per_day": 10**9}
    with tempfile.TemporaryDirectory() as data, desk_at_rest(Path(data), **server) as running:
        assert running.desk.guests is not None
        patient = {"llm_understand_s": PATIENCE_S, "llm_turn_s": PATIENCE_S}
        running.desk.guests.settings = running.desk.guests.settings.model_copy(update=patient)
        clinic = change_clinic(running.desk, make_clinic(running).site_key, {"model_on": True}, COMMAND)
        yield running, _Asked(running, clinic)


def write_with_server(url: str, model: str, every: int, first: int) -> None:
    """Prints how the talks go with the model as if it had passed, file by file, then the sums."""
    held: dict[str, set[str]] = {"rules": set(), "forced": set()}
    with with_server(url, model) as (running, asked):
        for path in conversation_files()[first::every]:
            talk, name = load(path), name_of(path)
            payers = talk.get("payers")
            for way, desk in (("rules", running), ("forced", with_guest(running, asked))):
                place = make_clinic_with_payers(running, payers) if payers else make_clinic(running, new_id("x"))
                if holds(talk, Talk(desk, place)):
                    held[way].add(name)
            told = [way for way in held if name in held[way]]
            print(f"{name}: holds {told}; {asked.answered} of {asked.count} readings came", flush=True)
    print(f"{len(held['rules'])} hold by rules, {len(held['forced'])} with the model forced")
    print("no longer:", *sorted(held["rules"] - held["forced"]))
    print("only with it:", *sorted(held["forced"] - held["rules"]))


def write_exam(url: str, model: str) -> None:
    """Prints what the model understood of each practice message, and the sums."""
    catalogue = Catalogue(shipped_actions())
    with with_server(url, model) as (running, asked):
        right = by_rules = harmful = 0
        for one in practices(catalogue):
            rules = running.desk.understanding.understand(one.says, one.state, catalogue)
            commands = second_reading(asked, rules, one.says, one.state, catalogue, "exam")
            alone, both = (marked(one, found, rules, catalogue) for found in (rules, commands))
            by_rules, right, harmful = by_rules + alone.right, right + both.right, harmful + both.harmful
            if commands != rules:
                print(f"{one.says!r}: {commands}, by rules {rules}", "HARM" if both.harmful else "", flush=True)
    print(f"{len(practices(catalogue))} asked, {by_rules} right by rules, {right} with the model, {harmful} harmful")
    print(f"{asked.answered} of {asked.count} readings came")


class _Asked:
    """The guest of a clinic that has the model on, turn after turn."""

    def __init__(self, running: Running, clinic: ClinicFacts) -> None:
        self.running, self.clinic, self.count, self.answered = running, clinic, 0, 0

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """As a new guest does it."""
        guests = self.running.desk.guests
        guest = guests.for_turn(self.clinic, conversation_id=None) if guests else None
        assert guest is not None
        self.count += 1
        answer = guest.complete(purpose, prompts, schema, max_tokens=max_tokens)
        self.answered += 1
        return answer

    def stream(
        self, purpose: Purpose, prompts: Sequence[Prompt], *, max_tokens: int, shown: Any = None
    ) -> Iterator[str]:
        """Never asked for."""
        raise ModelFailed(Failure.REFUSED)


def main(what: str, *rest: str) -> int:
    """See the module."""
    if what == "requests":
        write_requests(Path(rest[0]))
    elif what == "held":
        write_held(Path(rest[0]) if rest else FOLDER)
    elif what == "server":
        write_with_server(rest[0], rest[1], int(rest[2]) if rest[2:] else 1, int(rest[3]) if rest[3:] else 0)
    elif what == "exam":
        write_exam(rest[0], rest[1])
    else:
        wrong = [text for file in rest for text in check(Path(file))]
        print("\n".join(wrong) or "can be played")
        return int(bool(wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
