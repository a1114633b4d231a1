"""The shipped reader: what it says of clinics that it has not learned from, and the errors of missing files."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import EmbedderMissing
from knowledge.reader import CLINIC_READER, HEAD, OnnxReader
from scripts.pairs import UNSEEN, clinics

ROOT = Path(__file__).parents[2]
PIECES = ["Illness is excused.", "You owe $55 if you do not come.", "Parking is free behind the building."]


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return OnnxReader()


def test_what_answers_is_told_from_what_is_near(reader: OnnxReader) -> None:
    """The right piece of clinics that nothing was learned from, beside those around it in the paper; and questions that
    no piece answers: without the first the wrong thing is quoted, without the second something is."""
    first = silent = below = asked = near = 0
    for page in clinics(UNSEEN).values():
        pieces = [unit.forms[0] for unit in page]
        for at, unit in [(at, unit) for at, unit in enumerate(page) if unit.asked][:8]:
            around = [pieces[place] for place in range(max(0, at - 3), min(len(page), at + 4)) if place != at]
            odds = reader.odds(unit.asked[0], [pieces[at], *around])
            first += int(np.argmax(odds) == 0)
            asked += 1
            for question in unit.near[:1]:
                judged = reader.odds(question, [pieces[at], *around])
                silent += max(judged) < odds[0]
                below += max(judged) < 0
                near += 1
    assert first >= 0.7 * asked
    assert silent >= 0.7 * near
    assert below >= 0.5 * near, "0 is where nothing answering is as likely"


def test_odds_keep_their_order_and_do_not_depend_on_the_pieces_beside(reader: OnnxReader) -> None:
    """Pieces of like length share a batch: odds given back in another's place would quote another piece."""
    question = "I woke up sick, do I pay?"
    alone = [reader.odds(question, [piece])[0] for piece in PIECES]
    assert reader.odds(question, [*PIECES, "x " * 300])[:3] == pytest.approx(alone, abs=1e-3)
    assert reader.odds(question, PIECES[::-1]) == pytest.approx(alone[::-1], abs=1e-3)
    assert reader.odds(question, []) == []


def test_the_question_is_read_with_the_piece(reader: OnnxReader) -> None:
    """A model that looks at the piece alone would find the same one the likeliest for every question."""
    best = [
        PIECES[int(np.argmax(reader.odds(question, PIECES)))]
        for question in ("where do I park?", "do I pay a no show?")
    ]
    assert best == [PIECES[2], PIECES[1]]


def test_a_folder_without_its_files_says_so(tmp_path: Path) -> None:
    """The desk goes on by vectors; doctor has to say what is missing."""
    with pytest.raises(EmbedderMissing, match=r"model\.onnx' is missing"):
        OnnxReader(tmp_path).odds("x", ["y"])
    for path in CLINIC_READER.iterdir():
        if path.name != HEAD:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(EmbedderMissing, match=r"head\.npy' is missing"):
        OnnxReader(tmp_path).odds("x", ["y"])
    (tmp_path / HEAD).write_bytes(b"half of it")
    with pytest.raises(EmbedderMissing, match=r"head\.npy' cannot be read"):
        OnnxReader(tmp_path).odds("x", ["y"])


def test_importing_the_module_loads_no_heavy_library() -> None:
    """The server's first health answer must not wait for it."""
    heavy = "{'onnxruntime', 'tokenizers', 'numpy'}"
    code = f"import sys, knowledge.reader as r; r.OnnxReader(); print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
