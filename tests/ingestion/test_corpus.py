"""Every file of a folder of odd and broken papers, when it is there: a result or a refusal, never a crash or a hang."""

import time
from pathlib import Path

import pytest

from ingestion.parser_process import ParserProcess
from ingestion.types import Unreadable

FILES = Path(__file__).resolve().parents[3] / "shared" / "eval" / "files"


@pytest.mark.skipif(not FILES.is_dir(), reason="no corpus of odd files beside the repository")
def test_every_odd_file_ends_well() -> None:
    """Without it a kind of file that nobody thought of would take the parser down."""
    parser = ParserProcess()
    read, refused, slowest = 0, 0, 0.0
    try:
        parser.parse(b"Warm", "a.txt")
        pid = parser.pid
        for path in sorted(path for path in FILES.rglob("*") if path.is_file()):
            began = time.monotonic()
            try:
                said = f"{path.name} has {len(parser.parse(path, path.name).chunks)} chunks"
                read += 1
            except Unreadable as refusal:
                said = str(refusal)
                refused += 1
            assert path.name in said
            assert "in a way we cannot read" not in said, "an error that no loader expects"
            slowest = max(slowest, time.monotonic() - began)
        assert parser.pid == pid, "the parser died on the way"
    finally:
        parser.close()
    assert read > refused
    assert slowest < 30
