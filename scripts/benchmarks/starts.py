"""Seconds from the start of a process to health, to an accepted referral, and to answers; the bare one in turn."""

import secrets
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from scripts.benchmarks import papers
from scripts.benchmarks.processes import Bare, running
from scripts.benchmarks.table import Figure
from tests.server import ROOT, Server, Visitor, wait_for

Marks = dict[str, list[float]]
HEALTH, WRITE, ANSWER, VECTORS = "health", "write", "answer", "vectors"


def measure(folder: Path, rounds: int) -> list[Figure]:
    """Every start is on a data folder that exists, with papers in it."""
    folder.mkdir()
    server, bare = Server(folder, RATE_LIMITS="off"), Bare(folder / "bare")
    with running(server):
        visitor = _prepare(server, folder)
    with running(bare):
        bare.http.post("/notes", json={"text": "the table is made"})
    ours: Marks = defaultdict(list)
    theirs: Marks = defaultdict(list)
    for _ in range(rounds):
        _bare_start(bare, theirs)
        _start(server, visitor, ours)
    return [
        Figure("start to health", "s", ours[HEALTH], theirs[HEALTH], times=1.5),
        Figure("start to an accepted referral", "s", ours[WRITE], theirs[WRITE], times=2.0),
        Figure("start to a cited answer (by words)", "s", ours[ANSWER]),
        Figure("start to a cited answer (by words and vectors)", "s", ours[VECTORS], most=6.0),
        _help(rounds),
    ]


def _prepare(server: Server, folder: Path) -> Visitor:
    site_key = server.clinic()
    papers.make(folder / "few", 3)
    server.facts("ingest", "--clinic", site_key, str(folder / "few"))
    return Visitor(server, site_key)


def _start(server: Server, visitor: Visitor, marks: Marks) -> None:
    with running(server) as began:

        def mark(name: str) -> None:
            marks[name].append(time.perf_counter() - began)

        mark(HEALTH)
        slots = {"patient_name": "Pat Quince", "contact": "pat@quince.example"}
        body = {"client_id": secrets.token_hex(8), "action": "referral", "slots": slots}
        assert visitor.post("/contact", body).status_code == 201
        mark(WRITE)
        _ask(visitor)
        mark(ANSWER)
        wait_for("the index", lambda: server.http.get("/readyz").json()["index_ready"])
        _ask(visitor)
        mark(VECTORS)


def _ask(visitor: Visitor) -> None:
    done = visitor.say(papers.questions()[0])
    assert done["answers"][0]["citations"], done


def _bare_start(bare: Bare, marks: Marks) -> None:
    with running(bare) as began:
        marks[HEALTH].append(time.perf_counter() - began)
        assert bare.http.post("/notes", json={"text": "a note"}).status_code == 201
        marks[WRITE].append(time.perf_counter() - began)


def _help(rounds: int) -> Figure:
    """Beside the cost of importing the library that parses the command line."""
    ours, bare = [], []
    _seconds("-m", "app", "--help")  # compiles what it imports
    for _ in range(rounds):
        bare.append(_seconds("-c", "import click"))
        ours.append(_seconds("-m", "app", "--help"))
    return Figure("frontdesk --help", "s", ours, bare, most=0.5)


def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began
