"""A strong model as a script: what it answers to each message of a conversation file was written down beforehand.

`recorded/NAME.yaml` belongs to the conversation file of the same name: a list of messages, each with the commands that
the model returns for it. A message that is not there gets no answer, as from a model that is late.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app.dialogue.action import Catalogue
from app.dialogue.commands import Command
from app.dialogue.state import State
from app.llm.base import Failure, Guest, ModelFailed, OutputSchema, Prompt, Purpose
from app.understanding.base import Understanding
from app.understanding.model import second_reading
from app.understanding.proposals import DOINGS

FOLDER = Path(__file__).with_name("recorded")
Answer = dict[str, list[dict[str, str]]]


def recorded(name: str, folder: Path = FOLDER) -> dict[str, Answer]:
    """What the model returns, by message; empty for a file that nobody recorded."""
    path = folder / f"{name}.yaml"
    if not path.exists():
        return {}
    listed = read(path)
    return {one["message"].strip(): {"commands": one["commands"]} for one in listed}


def read(path: Path) -> list[dict[str, Any]]:
    """The record as it is written: every scalar is a text, so that `on` is a key and `no` a word."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or []


def recorded_names(folder: Path = FOLDER) -> list[str]:
    """The conversation files that are recorded."""
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))


def message_in(prompts: Sequence[Prompt]) -> str:
    """The patient's message of a request to understand: the last part that is theirs."""
    return [part.text for part in prompts[-1].parts if part.source == "patient"][-1]


def request_in(prompts: Sequence[Prompt]) -> str:
    """The last prompt as one text: where the talk stands, and the message."""
    return "".join(part.text for part in prompts[-1].parts)


@dataclass
class Scripted:
    """A guest that returns what was written down; `seen` are the requests, in order."""

    answers: Mapping[str, Any]
    seen: list[Sequence[Prompt]] = field(default_factory=list)

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """The recorded answer; LATE where there is none."""
        self.seen.append(prompts)
        message = message_in(prompts).strip()
        if message not in self.answers:
            raise ModelFailed(Failure.LATE)
        return self.answers[message]

    def stream(
        self, purpose: Purpose, prompts: Sequence[Prompt], *, max_tokens: int, shown: Any = None
    ) -> Iterator[str]:
        """Nothing is ever said by it."""
        raise ModelFailed(Failure.REFUSED)


class Noise:
    """A guest without any sense: valid JSON of the message's own words, each command by chance, always the same for
    one message."""

    MOST = 5

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """Up to MOST commands."""
        message = message_in(prompts)
        chance = random.Random(message)
        names = re.findall(r"^- (\w+):", prompts[0].parts[-1].text, re.MULTILINE)
        others = ["existing_patient", "vendor", "provider_office", "thanks", "greeting", ""]

        def some() -> str:
            words = message.split()
            first = chance.randrange(len(words) or 1)
            return " ".join(words[first : first + chance.randint(1, 6)])

        def one() -> dict[str, str]:
            on = chance.choice([*names, *others])
            return {"words": some(), "do": chance.choice(DOINGS), "on": on, "value": some()}

        return {"commands": [one() for _ in range(chance.randint(1, self.MOST))]}

    def stream(
        self, purpose: Purpose, prompts: Sequence[Prompt], *, max_tokens: int, shown: Any = None
    ) -> Iterator[str]:
        """Never asked for."""
        raise ModelFailed(Failure.REFUSED)


@dataclass(frozen=True, slots=True)
class ReadTwice:
    """Rules, then this guest: as a turn understands with a model."""

    rules: Understanding
    guest: Guest

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[Command]:
        """The commands after both readings."""
        return second_reading(self.guest, self.rules.understand(text, state, catalogue), text, state, catalogue)
