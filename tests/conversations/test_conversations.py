"""Whole conversations through understanding, deciding and wording."""

from pathlib import Path

import pytest

from tests.conversations.desk_in_memory import DeskInMemory
from tests.conversations.runner import conversation_files, load, play


@pytest.mark.parametrize("path", conversation_files(), ids=lambda path: path.stem)
def test_conversation(path: Path) -> None:
    """Without it a patient's way through the form could break although every part works alone."""
    play(load(path), DeskInMemory().say)


def test_a_wrong_expectation_is_noticed() -> None:
    """Without it the runner could accept everything and all conversations would be green."""
    wrong = {
        "name": "wrong",
        "turns": [{"patient": "I was referred by Dr. Smith", "slots": {"referring_provider": "Jones"}}],
    }
    with pytest.raises(AssertionError, match="Jones"):
        play(wrong, DeskInMemory().say)
