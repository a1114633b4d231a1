"""Whole conversations through the real turn engine: saved, screened, understood, decided, phrased and recorded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.runner import conversation_files, load, play
from tests.desk import Talk, desk_at_rest, make_clinic


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Opens a conversation with a clinic that has no papers: every question is deferred."""
    with desk_at_rest(tmp_path_factory.mktemp("talks")) as running:
        clinic = make_clinic(running)
        yield lambda: Talk(running, clinic)


@pytest.mark.parametrize("path", conversation_files(), ids=lambda path: path.stem)
def test_conversation(path: Path, talk) -> None:
    """Without it a patient's way through the form could break although every part works alone."""
    play(load(path), talk().say)


def test_a_wrong_expectation_is_noticed(talk) -> None:
    """Without it the runner could accept everything and all conversations would be green."""
    wrong = {
        "name": "wrong",
        "turns": [{"patient": "I was referred by Dr. Smith", "slots": {"referring_provider": "Jones"}}],
    }
    with pytest.raises(AssertionError, match="Jones"):
        play(wrong, talk().say)
