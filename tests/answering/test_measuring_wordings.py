"""The figures about a model's words: what no paper says must be seen as such, and a liar's whole run must come out."""

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.types import Chunk, ChunkKind
from scripts.evals import llm
from scripts.evals.asking import open_desk
from scripts.evals.sets import Measured, Question
from scripts.evals.unsupported import OWN, PART, WHOLE, Papers, standing, strange
from tests.shape.tree import ROOT

GUIDE = """# Your visit

The first visit takes 60 minutes. Later visits take 40 minutes when no device is used.

# Parking

Patients park free of charge behind the building. Ask Rosa Lindqvist for the code.
"""
PAPERS = Papers.of(
    [
        Chunk(0, ChunkKind.PROSE, "The first visit takes 60 minutes. Later visits take 40 minutes when it is quiet."),
        Chunk(1, ChunkKind.ROW, "Massage | $80", cells=(("Service", "Massage"), ("Price", "$80"))),
        Chunk(2, ChunkKind.LIST, "Missed visits: $45", lead="We charge a fee for:"),
        Chunk(3, ChunkKind.PROSE, "Ask Rosa Lindqvist, e.g. by phone, or see www.rosa.example."),
    ]
)


@pytest.mark.parametrize(
    ("sentence", "how"),
    [
        ("The first visit takes 60 minutes.", WHOLE),
        ("the first visit takes 60 MINUTES", WHOLE),
        ("Service: Massage; Price: $80", WHOLE),
        ("We charge a fee for: Missed visits: $45", WHOLE),
        ("Ask Rosa Lindqvist, e.g. by phone, or see www.rosa.example.", WHOLE),
        ("Later visits take 40 minutes.", PART),
        ("Your first visit takes 60 minutes.", OWN),
        ("The first visit takes 40 minutes.", OWN),
    ],
)
def test_where_a_sentence_stands(sentence: str, how: str) -> None:
    """A figure of "word for word" that took in half a sentence would hide what was left out."""
    assert standing(sentence, PAPERS) == how


def test_what_no_paper_names_is_strange() -> None:
    assert strange("Rosa Lindqvist has 60 minutes, see www.rosa.example", PAPERS) == []
    assert strange("Later Amelia takes 45 or 90 minutes.", PAPERS) == ["90", "Amelia"]
    assert strange("See https://lies.example/now", PAPERS) == ["https://lies.example/now"]


def test_a_run_with_scripted_servers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same desk, two servers, one truthful and one not."""
    questions = (
        Question("How long does the first visit take?", ("takes 60 minutes",)),
        Question("Where can I park?", ("behind the building",)),
        Question("Do you sell gift cards?", kind="on topic"),
    )
    one = Measured("guide", "guide", (), questions, (("guide.md", GUIDE),))
    with open_desk(tmp_path / "data", tmp_path, multilingual=False) as asker:
        tables = llm.measure(asker, [one], ["copyist", "liar", "subtle liar"], 0, 0)
    shown = {row[0]: dict(zip(llm.SHOWN, row, strict=True)) for row in tables.shown}
    assert shown["copyist"]["worded"] == "2"
    assert int(shown["copyist"]["word for word"]) >= 1
    assert {shown[name]["lies shown"] for name in ("liar", "subtle liar")} == {"0"}
    right = {row[0]: dict(zip(llm.RIGHT, row, strict=True)) for row in tables.right}
    for row in right.values():
        assert row["right without"] == row["right with"] == "2"
        assert row["unanswerable"] == row["refused with"] == "1"
    ended = {row[0]: dict(zip(llm.ENDED, row, strict=True)) for row in tables.ended}
    assert ended["liar"]["the quote alone"] == ended["liar"]["requests"] == "2"
    assert {row[-1] for row in tables.left} == {"0"}
    assert all(int(row[2]) > 3 for row in tables.left), "patients' messages left to be understood and worded"
    assert all(int(row[-1]) > 0 for row in tables.dropped)


def test_the_option_is_there() -> None:
    """`scripts/eval --llm` reads its options."""
    command = [sys.executable, "-m", "scripts.evals", "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True).stdout
    assert "--llm" in told
    assert "--most" in told
