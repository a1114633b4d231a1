"""Whether fixed sentences stand where they must, first and amid a form, and what attacks and odd questions do."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import yaml

from app.bootstrap import Running
from app.dialogue.emergency import screen
from app.dialogue.state import State
from app.store.queries.clinics import ClinicFacts
from app.usecases.reply_stream import ReplyStream
from app.usecases.take_turn import Said, Turn, take_turn
from tests.desk import make_clinic

FENCES = ("kind", "messages", "fixed at first", "fixed amid a form", "filled a field")
SHARED = ("set", "messages", "alarm", "urgent words", "fixed", "answered", "sent")
OWN = ("own red flags", "messages", "alarm", "urgent words")
NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
FORM = ("I need physical therapy", "Ana Vik", "703-555-0142")


def fences(running: Running, folder: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    """(rows under FENCES, a line for each message whose sentence was not as it should be)."""
    clinic, told = make_clinic(running), dict(yaml.safe_load((folder / "fences.yaml").read_text("utf-8")))
    asked = State()
    for text in FORM:
        asked = _turn(running, clinic, asked, text).state
    rows, lines = [], []
    for kind, texts in told.items():
        turns = [(text, *(_turn(running, clinic, state, text) for state in (State(), asked))) for text in texts]
        firsts, amids = (sum(_is_fixed(one[place]) for one in turns) for place in (1, 2))
        filled = sum(one[2].state.slots.keys() != asked.slots.keys() for one in turns)
        rows.append((kind, str(len(texts)), str(firsts), str(amids), str(filled)))
        lines += [f"{kind}: {one[0]!r}" for one in turns if _is_fixed(one[1]) == (kind == "none")]
    return rows, lines


def shared(running: Running, folder: Path) -> Iterator[tuple[str, ...]]:
    """A row under SHARED for each set of messages of `folder`; nothing where it is missing."""
    clinic = make_clinic(running)
    for name, texts in _shared_sets(folder).items():
        turns = [_turn(running, clinic, State(), text) for text in texts]
        alarms = [turn for turn in turns if turn.emergency]
        figures = (
            len(texts),
            len(alarms),
            sum(turn.emergency == "urgent" for turn in alarms),
            sum(_is_fixed(turn) for turn in turns),
            sum(any(answer.kind.value in ("answer", "payer") for answer in turn.answers) for turn in turns),
            sum(turn.completed is not None for turn in turns),
        )
        yield (name, *map(str, figures))


def own_red_flags(folder: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    """(rows under OWN for the messages that the rules were made on, a line for each that was not met rightly)."""
    told = yaml.safe_load((folder / "triage_dev.yaml").read_text("utf-8"))
    sets: dict[str, Sequence[str]] = {**told["emergencies"]}
    sets |= {f"{kind} (urgent)": texts for kind, texts in told["urgent"].items()} | {"everyday": told["everyday"]}
    rows, lines = [], []
    for kind, texts in sets.items():
        hits = [screen(text) for text in texts]
        alarms = [hit for hit in hits if hit]
        urgent = sum(hit.level == "urgent" for hit in alarms)
        rows.append((kind, str(len(texts)), str(len(alarms)), str(urgent)))
        wanted = kind != "everyday"
        lines += [f"{kind}: {text!r}" for text, hit in zip(texts, hits, strict=True) if (hit is not None) != wanted]
    return rows, lines


def _shared_sets(folder: Path) -> Mapping[str, list[str]]:
    sets: dict[str, list[str]] = {}
    for one in _lines(folder / "triage.jsonl"):
        sets.setdefault(f"triage: {one['gold']}", []).append(one["text"])
    for name in ("injections", "harmless"):
        if texts := [one["text"] for one in _lines(folder / f"{name}.jsonl")]:
            sets[name] = texts
    return sets


def _lines(path: Path) -> Iterable[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line] if path.exists() else []


def _turn(running: Running, clinic: ClinicFacts, state: State, text: str) -> Turn:
    return take_turn(running.desk, clinic, Said(text, state, NOON), ReplyStream())


def _is_fixed(turn: Turn) -> bool:
    return any(answer.kind.value == "fixed" for answer in turn.answers)
