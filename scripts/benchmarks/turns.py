"""Milliseconds of a turn over HTTP, questions and answers to the desk's questions, beside one bare write each."""

import time
from itertools import cycle, islice
from typing import Any

from scripts.benchmarks import papers
from scripts.benchmarks.processes import Bare
from scripts.benchmarks.table import Figure, percentile
from tests.server import Server, Visitor

BEGIN = "I was referred by Dr. Smith at the ortho center and would like to come in."
SAID = {
    "patient_name": "Rosa Delgado",
    "contact": "my cell is 212-555-0143",
    "reason": "rotator cuff surgery three weeks ago",
    "insurance_carrier": "Cigna Open Access Plus",
    "member_id": "U1234567801",
    "preferred_times": "weekday mornings before 10",
}
MOST_SLOTS = 8


def measure(server: Server, bare: Bare, site_key: str, turns: int) -> list[Figure]:
    """At least `turns` turns: each conversation asks four questions and then tells a whole request."""
    asked, told, written = [], [], []
    questions = cycle(papers.questions())
    _conversation(Visitor(server, site_key), bare, list(islice(questions, 4)), [], [], [])  # warms both
    while len(asked) + len(told) < turns:
        _conversation(Visitor(server, site_key), bare, list(islice(questions, 4)), asked, told, written)
    figures = []
    for name, values in (("question", asked), ("slot", told), ("any", asked + told)):
        for part in (0.50, 0.95):
            goal = 60.0 if (name, part) == ("any", 0.95) else None
            what = f"{name} turn p{part * 100:.0f} of {len(values)}"
            figures.append(Figure(what, "ms", [percentile(values, part)], [percentile(written, part)], most=goal))
    return figures


def _conversation(
    visitor: Visitor, bare: Bare, questions: list[str], asked: list[float], told: list[float], written: list[float]
) -> None:
    for question in questions:
        _say(visitor, bare, question, asked, written)
    done = _say(visitor, bare, BEGIN, told, written)
    for _ in range(MOST_SLOTS):
        action = done["action"]
        if action is None or action["status"] == "completed":
            return
        done = _say(visitor, bare, SAID.get(action["asking"], "yes, that's right"), told, written)


def _say(visitor: Visitor, bare: Bare, text: str, times: list[float], written: list[float]) -> dict[str, Any]:
    began = time.perf_counter()
    bare.http.post("/notes", json={"text": text})
    between = time.perf_counter()
    done = visitor.say(text)
    written.append((between - began) * 1000)
    times.append((time.perf_counter() - between) * 1000)
    return done
