"""The sets that are measured: papers, and questions with the words that a right answer holds."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from app.answering.sentences import sentences
from scripts.pairs import Unit

NAMES = {"questions": "first", "questions_2": "second"}
COLUMNS = ("Item", "Details", "More", "Notes", "Also", "Besides")
"""Heads of the tables of a clinic of training pairs, whose rows have none."""
PAIRS = "pairs "
"""How the names of such clinics begin."""
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


def pair_sets(pages: Mapping[str, Sequence[Unit]]) -> list[Measured]:
    """Clinics of training pairs as papers with their questions. Of a piece of several sentences each is right."""
    return [
        Measured(f"{PAIRS}{name}", f"{PAIRS}{name}", (), tuple(_asked(page)), (("papers.md", markdown(page)),))
        for name, page in pages.items()
    ]


def _asked(page: Sequence[Unit]) -> Iterator[Question]:
    for unit in page:
        gold = tuple(dict.fromkeys([unit.answer, *sentences(unit.answer)]))
        yield from (Question(text, gold) for text in unit.asked)
        yield from (Question(text) for text in unit.near)


def markdown(page: Sequence[Unit]) -> str:
    """The pieces as a clinic would write them: rows as a table, questions in bold, the rest as paragraphs."""
    lines: list[str] = []
    heading, cells = "", 0
    for unit in page:
        if unit.heading != heading:
            heading, cells = unit.heading, 0
            lines += ["", *(f"{'#' * depth} {part}" for depth, part in enumerate(heading.split(" > "), start=1)), ""]
        row = [cell.strip() for cell in unit.text.split(" | ")]
        if unit.question:
            lines += ["", f"**{unit.question}**", "", unit.answer, ""]
        elif len(row) > 1:
            if cells != len(row):
                lines += ["", f"| {' | '.join(COLUMNS[: len(row)])} |", "|" + " --- |" * len(row)]
            lines.append(f"| {' | '.join(row)} |")
        elif unit.before and not lines[-1]:
            lines[-2] += f" {unit.text}"
        else:
            lines += ["", unit.text, ""]
        cells = len(row) if len(row) > 1 else 0
    return "\n".join(lines)


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
