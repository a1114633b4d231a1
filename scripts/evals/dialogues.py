"""Dialogues over many papers: whether the right one comes first, for questions alone and with what was said before."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.understanding.leaning import leaning
from knowledge.context import Context
from scripts.evals.asking import Asker, clinic_of
from scripts.evals.sets import Measured

COLUMNS = ("set", "turns", "alone", "with history", "with the patient's words only")
TURNS = 4
"""What was said before that is looked at, by either side."""


@dataclass(frozen=True, slots=True)
class Said:
    """One question of a dialogue; `before` holds (who, text), the latest last."""

    question: str
    paper: str
    before: tuple[tuple[str, str], ...]


def measure(asker: Asker, folder: Path) -> list[tuple[str, ...]]:
    """The cells under COLUMNS, for first turns and for follow-ups; empty when the dialogues are not there."""
    if not folder.is_dir():
        return []
    papers = [json.loads(line) for line in (folder / "documents.jsonl").read_text("utf-8").splitlines()]
    texts = {f"paper-{at:03}.md": f"# {paper['title']}\n\n{paper['text']}" for at, paper in enumerate(papers)}
    names = {paper["doc_id"]: name for paper, name in zip(papers, texts, strict=True)}
    clinic = clinic_of(asker, Measured("doc2dial", "doc2dial", (), (), tuple(texts.items())))

    def first(question: str, context: Context) -> str:
        found = asker.desk.retriever.retrieve(clinic.id, question, limit=1, context=context)
        return found[0].document if found else ""

    said = [_said(json.loads(line), names) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    return [
        _row("doc2dial, first turns", [one for one in said if not one.before], first),
        _row("doc2dial, follow-ups", [one for one in said if one.before], first),
    ]


def _said(line: dict[str, object], names: dict[object, str]) -> Said:
    history = line["history"]
    assert isinstance(history, list)
    return Said(str(line["question"]), names[line["doc_id"]], tuple((turn["role"], turn["text"]) for turn in history))


def _row(name: str, said: Sequence[Said], first: Callable[[str, Context], str]) -> tuple[str, ...]:
    def share(whose: Sequence[str]) -> str:
        right = 0
        for one in said:
            before = tuple(text for who, text in one.before if who in whose)[-TURNS:]
            right += first(one.question, Context(before, leaning=leaning(one.question))) == one.paper
        return f"{right / max(1, len(said)):.3f}"

    return (name, str(len(said)), share(()), share(("user", "agent")), share(("user",)))
