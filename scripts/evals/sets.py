"""The sets that are measured: papers, and questions with the words that a right answer holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

NAMES = {"questions": "first", "questions_2": "second"}
POLARITIES = ("yes", "no", "conditional")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `gold` holds alternatives, each enough for a right answer; none for an unanswerable one.
    `polarity` is set where only yes, no or conditional counts, not the words; `truth` is that word wherever the papers
    bear one out."""

    text: str
    gold: tuple[str, ...] = ()
    polarity: str = ""
    kind: str = ""
    truth: str = ""

    @property
    def answerable(self) -> bool:
        return bool(self.gold)


@dataclass(frozen=True, slots=True)
class Measured:
    """A set: its papers are files, or texts by file name that are written before they are ingested."""

    name: str
    corpus: str
    files: tuple[Path, ...]
    questions: tuple[Question, ...]
    texts: tuple[tuple[str, str], ...] = ()


def sample_sets(folder: Path) -> list[Measured]:
    """Each sample clinic with its two lots of questions."""
    return [
        Measured(
            f"{clinic.name} {NAMES.get(path.stem, path.stem)}",
            clinic.name,
            tuple(sorted((clinic / "papers").iterdir())),
            tuple(_question(line) for line in _lines(path)),
        )
        for clinic in sorted(path.parent for path in folder.glob("*/clinic.yaml"))
        for path in sorted([*clinic.glob("questions*.jsonl"), *clinic.glob("spanish.jsonl")])
    ]


def invented_sets(folder: Path, questions: Path | None = None) -> list[Measured]:
    """Papers that no clinic of ours looks like, with questions in patients' own words: those beside the papers, or
    those of `questions`, a folder with one of each clinic's name."""
    return [
        Measured(
            " ".join([path.parent.name, *(["spanish"] if path.stem == "spanish" else [])]),
            path.parent.name,
            tuple(sorted(one for one in (folder / path.parent.name).iterdir() if one.suffix != ".jsonl")),
            tuple(_question(line) for line in _lines(path)),
        )
        for name in ("questions", "spanish")
        for path in sorted((questions or folder).glob(f"*/{name}.jsonl"))
    ]


def shared_sets(folder: Path) -> tuple[list[Measured], list[str]]:
    """(sets, words about those that are not there)."""
    sets: list[Measured] = []
    skipped: list[str] = []
    clinics, squad = folder / "clinics" / "questions.jsonl", folder / "squad2"
    if clinics.is_file():
        lines = sorted(_lines(clinics), key=lambda line: str(line["clinic"]))
        for key, group in groupby(lines, key=lambda line: str(line["clinic"])):
            files = tuple(sorted((clinics.parent / key).glob("*.md")))
            sets.append(Measured(key, key, files, tuple(_question(line) for line in group)))
    else:
        skipped.append(f"skipped: no clinics' pages in {folder}")
    if squad.is_dir():
        sets.append(_squad(squad))
    else:
        skipped.append(f"skipped: no squad2 in {folder}")
    return sets, skipped


def _question(line: dict[str, Any]) -> Question:
    if not line["answerable"]:
        return Question(line["question"], kind=line["unanswerable_kind"])
    truth = line.get("polarity") if line.get("polarity") in POLARITIES else ""
    polarity = truth if line.get("category") == "insurance" else ""
    return Question(line["question"], (line["gold_span"],), polarity, truth=truth)


def _squad(folder: Path) -> Measured:
    """One paper for each article. A right passage is a piece of the question's own."""
    articles = groupby(_lines(folder / "passages.jsonl"), key=lambda line: str(line["article"]))
    texts = tuple((f"{key}.md", "\n\n".join(line["text"] for line in group)) for key, group in articles)
    questions = tuple(
        Question(line["question"], tuple(line["answers"]) if line["answerable"] else (), kind="on topic")
        for line in _lines(folder / "questions.jsonl")
    )
    return Measured("squad2", "squad2", (), questions, texts)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)
