"""Whether emergencies are met and everyday messages are not, each said first and as the reply to a question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from app.bootstrap import Running
from app.dialogue.state import State
from app.store.queries.clinics import ClinicFacts
from app.usecases.reply_stream import ReplyStream
from app.usecases.take_turn import Said, Turn, take_turn
from tests.desk import make_clinic

COLUMNS = ("kind", "language", "messages", "alarm at first message", "alarm as a reply", "number given")
NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
SELF_HARM = "self_harm"
OPENING = "I need physical therapy"
Message = str | list[str]
"""What is typed; a list is typed one after the other."""
Messages = Mapping[str, Mapping[str, list[Message]]]


@dataclass(frozen=True, slots=True)
class Screened:
    """One message, whether the alarm was raised, and whether its text named the right number: 988 for self-harm."""

    kind: str
    language: str
    text: str
    first: bool
    reply: bool
    number: bool


def sets(folder: Path, held_out: bool) -> dict[str, Messages]:
    """emergencies, everyday -> kind -> language -> messages."""
    if held_out:
        found = _read(folder / "held_out" / "triage.yaml")
        for which in ("second", "third", "fourth"):
            more = _read(folder / "held_out" / f"triage_{which}.yaml")
            found |= {f"{name}, {which}": messages for name, messages in more.items()}
        return found
    return {name: _read(folder / f"{name}.yaml") for name in ("emergencies", "everyday")}


def measure(running: Running, messages: Messages, *, alarm: bool) -> tuple[list[tuple[str, ...]], list[str]]:
    """(rows under COLUMNS, a line for each message that was not met as it should; `alarm` is what it should raise)."""
    clinic = make_clinic(running)
    state = _turn(running, clinic, State(), OPENING).state
    found = [
        _screened(kind, language, text, [_talk(running, clinic, before, text) for before in (State(), state)])
        for kind, by_language in messages.items()
        for language, texts in by_language.items()
        for text in texts
    ]
    missed = [one for one in found if (one.first, one.reply) != (alarm, alarm)]
    return list(_rows(found)), [f"{one.kind} ({one.language}){_where(one, alarm)}: {one.text!r}" for one in missed]


def _talk(running: Running, clinic: ClinicFacts, state: State, message: Message) -> Turn:
    """The turn that raised the alarm, or the last one."""
    texts = [message] if isinstance(message, str) else message
    turn = _turn(running, clinic, state, texts[0])
    for number, text in enumerate(texts[1:], start=1):
        if turn.emergency is None:
            turn = _turn(running, clinic, turn.state, text, tuple(texts[:number]))
    return turn


def _turn(running: Running, clinic: ClinicFacts, state: State, text: str, earlier: tuple[str, ...] = ()) -> Turn:
    return take_turn(running.desk, clinic, Said(text, state, NOON, earlier), ReplyStream())


def _screened(kind: str, language: str, message: Message, turns: list[Turn]) -> Screened:
    text = message if isinstance(message, str) else " / ".join(message)
    first, reply = turns
    number = "988" if kind == SELF_HARM else "911"
    named = first.emergency is not None and number in " ".join(first.parts)
    return Screened(kind, language, text, first.emergency is not None, reply.emergency is not None, named)


def _rows(found: list[Screened]) -> Iterator[tuple[str, ...]]:
    for kind in dict.fromkeys(one.kind for one in found):
        for language in dict.fromkeys(one.language for one in found if one.kind == kind):
            yield _row(kind, language, [one for one in found if (one.kind, one.language) == (kind, language)])
    for language in dict.fromkeys(one.language for one in found):
        yield _row("all", language, [one for one in found if one.language == language])
    yield _row("all", "", found)


def _row(kind: str, language: str, found: list[Screened]) -> tuple[str, ...]:
    firsts, replies = sum(one.first for one in found), sum(one.reply for one in found)
    shares = [f"{count} ({100 * count / len(found):.1f} %)" for count in (firsts, replies)]
    return (kind, language, str(len(found)), *shares, str(sum(one.number for one in found)))


def _where(one: Screened, alarm: bool) -> str:
    return {(False, True): " as a reply", (True, False): " at first"}.get((one.first != alarm, one.reply != alarm), "")


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text("utf-8")))
