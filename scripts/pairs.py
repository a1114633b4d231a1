"""What clinics' papers say and how patients ask for it: scripts/training_pairs/, from which the embedder learns."""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "training_pairs"
UNSEEN = FOLDER / "unseen"
WORDS_BEFORE = 24
CARELESS = 0.3
"""Share of the questions that are typed without capitals, apostrophes and a mark at the end."""


@dataclass
class Unit:
    """A quotable piece under its heading path, the questions that it answers, and near ones that nothing answers;
    `before` is what its paragraph says before it."""

    heading: str
    text: str
    before: str = ""
    asked: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)

    @property
    def question(self) -> str:
        """The clinic's own, where the piece answers one."""
        return self.text.split("||", 1)[0].strip() if "||" in self.text else ""

    @property
    def answer(self) -> str:
        """What the piece says, without that question."""
        return self.text.split("||", 1)[-1].strip()

    @property
    def read(self) -> list[str]:
        """The ways in which the reader learns it: a sentence often after those before it, of which the product shows
        it none (it judged no better with them), so that it learns to look at the last one."""
        if not self.before:
            return self.forms
        before = " ".join(self.before.split()[-WORDS_BEFORE:])
        return [f"{self.heading.replace(' > ', ' ')}: ({before}) {self.text}"] * 3 + self.forms

    @property
    def forms(self) -> list[str]:
        """The ways in which the product compares it with a question: with its lead and heading, or without."""
        above = self.heading.replace(" > ", " ")
        if "||" not in self.text:
            return [self.text, f"{above}: {self.text}", f"{above}\n{self.text}"]
        question, answer = self.question, self.answer
        first = re.split(r"(?<=[.!?])\s+", answer)[0]
        return [f"{question} {answer}", f"{above}\n{question} {answer}", answer, f"{question} {first}"]


def clinics(folder: Path = FOLDER) -> dict[str, list[Unit]]:
    """{file name: units}; README.md beside the files tells their form. Raises ValueError for a line that has none."""
    return {path.stem: _units(path) for path in sorted(folder.glob("*.txt"))}


def _units(path: Path) -> list[Unit]:
    units: list[Unit] = []
    heading = ""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        mark, said = line[:1], line[1:].strip()
        if mark == "=":
            heading = said
        elif mark == "+":
            units.append(Unit(heading, said))
        elif mark == "&" and units:
            units.append(Unit(heading, said, f"{units[-1].before} {units[-1].text}".strip()))
        elif mark in ("?", "-") and units:
            (units[-1].asked if mark == "?" else units[-1].near).append(said)
        elif line.strip() and mark != "#":
            raise ValueError(f"{path.name}, line {number}: {line!r} begins with none of # = + & ? -")
    return units


def as_typed(question: str) -> str:
    """As it stands, or by chance as a careless hand would type it."""
    return question.lower().replace("'", "").rstrip("?.!") if random.random() < CARELESS else question
