"""Many clinics in one process: the time of a question to one of them beside that to a single clinic, memory, files.

A process of its own fills the data folder, another asks: what is measured is a server after its start.
"""

import json
import logging
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.benchmarks.table import Figure
from tests.server import ROOT

CHUNKS = 300
SEED = 7


def measure(folder: Path, clinics: int, questions: int) -> list[Figure]:
    """`clinics` of CHUNKS chunks each. All clinics hold the same texts and vectors, under ids of their own."""
    folder.mkdir()
    _child("fill", folder, clinics)
    found = _child("ask", folder, questions)
    what = f"of {clinics} clinics of {CHUNKS} chunks"
    one, many = found["one"], found["many"]
    return [
        Figure(f"retrieval p50 for one {what}, beside one clinic alone", "ms", [many[0]], [one[0]]),
        Figure(f"retrieval p95 for one {what}, beside one clinic alone", "ms", [many[1]], [one[1]], times=1.5),
        Figure("first question to a clinic whose index is on disk alone, p95", "ms", [found["cold"]]),
        Figure(f"loading the indexes {what} after a start, in the background", "s", [found["warm_s"]]),
        Figure(f"memory with the indexes {what}, at its peak", "MiB", [found["peak"]], most=800.0),
        Figure(f"memory with the indexes {what}, at the end", "MiB", [found["resident"]]),
        Figure(f"file handles with the indexes {what}, at most", "files", [found["files"]], most=100.0),
    ]


def _child(what: str, folder: Path, number: int) -> Any:
    command = [sys.executable, "-m", "scripts.benchmarks.clinics", what, str(folder), str(number)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


@contextmanager
def _desk(folder: Path) -> Iterator[Any]:
    from app.bootstrap import build
    from app.settings import Settings

    logging.disable(logging.INFO)
    running = build(Settings(env="test", data_dir=folder / "data"))
    try:
        running.desk.index.warm()
        yield running.desk
    finally:
        running.close()


def fill(folder: Path, clinics: int) -> dict[str, Any]:
    from scripts.benchmarks.filling import add_clinic, some_chunks

    chunks = some_chunks(folder / "papers", CHUNKS)
    with _desk(folder) as desk:
        vectors = desk.index._embedder.encode([chunk.searchable() for chunk in chunks])
        for number in range(clinics):
            add_clinic(desk, f"Clinic {number}", chunks, vectors)
    return {}


def ask(folder: Path, questions: int) -> dict[str, Any]:
    from app.store.queries.clinics import all_clinics
    from scripts.benchmarks.processes import peak_mib, resident_mib

    with _desk(folder) as desk:
        ids = [clinic.id for clinic in all_clinics(desk.database)]
        chosen = random.Random(SEED)
        cold = _times(desk, chosen.sample(ids, min(50, len(ids))), "cold")
        began = time.perf_counter()
        files = [_files()]
        for clinic_id in ids:
            desk.retriever.warm(clinic_id)
            files.append(_files())
        warm_s = time.perf_counter() - began
        one, many = [], []
        for turn in range(questions):  # in turn, so that a busy machine slows both
            one += _times(desk, ids[:1], f"one {turn}")
            many += _times(desk, [chosen.choice(ids)], f"many {turn}")
            files.append(_files())
        own = os.getpid()
        facts = {"warm_s": warm_s, "peak": peak_mib(own), "resident": resident_mib(own), "files": max(files)}
        return facts | {"one": _parts(one), "many": _parts(many), "cold": _parts(cold)[1]}


def _times(desk: Any, clinics: list[str], mark: str) -> list[float]:
    """Milliseconds of one question to each; none was asked before, so that each is embedded."""
    from scripts.benchmarks.papers import questions

    found, asked = [], questions()
    for number, clinic_id in enumerate(clinics):
        question = f"{asked[hash((mark, number)) % len(asked)]} ({mark} {number})"
        began = time.perf_counter()
        assert desk.retriever.retrieve(clinic_id, question, limit=8)
        found.append((time.perf_counter() - began) * 1000)
    return found


def _parts(values: list[float]) -> tuple[float, float]:
    from scripts.benchmarks.table import percentile

    return percentile(values, 0.50), percentile(values, 0.95)


def _files() -> int:
    return len(os.listdir("/proc/self/fd"))


if __name__ == "__main__":
    todo = {"fill": fill, "ask": ask}[sys.argv[1]]
    print(json.dumps(todo(Path(sys.argv[2]), int(sys.argv[3]))))
