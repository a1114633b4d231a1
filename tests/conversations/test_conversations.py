"""Whole conversations through the real turn engine: saved, screened, understood, decided, phrased and recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.runner import conversation_files, load, name_of, not_yet, play
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.payer_lists import make_clinic_with_payers


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Opens a conversation with a clinic that has no papers, so that every question is deferred, or one that has
    published only these payer rows."""
    with desk_at_rest(tmp_path_factory.mktemp("talks")) as running:
        clinic = make_clinic(running)

        def open_talk(payers: list[dict[str, Any]] | None = None) -> Talk:
            return Talk(running, make_clinic_with_payers(running, payers) if payers else clinic)

        yield open_talk


@pytest.mark.parametrize("path", conversation_files(), ids=name_of)
def test_conversation(path: Path, talk) -> None:
    """Without it a patient's way through the form could break although every part works alone."""
    conversation = load(path)
    say = talk(conversation.get("payers")).say
    if name_of(path) not in not_yet():
        play(conversation, say)
        return
    with pytest.raises(AssertionError):  # one that holds has to leave the list
        play(conversation, say)


def test_only_files_that_are_there_are_excused() -> None:
    """Without it a renamed file could keep its excuse, and the list could grow for nothing."""
    assert set(not_yet()) <= {name_of(path) for path in conversation_files()}


def test_a_wrong_expectation_is_noticed(talk) -> None:
    """Without it the runner could accept everything and all conversations would be green."""
    wrong = {
        "name": "wrong",
        "turns": [{"patient": "I was referred by Dr. Smith", "slots": {"referring_provider": "Jones"}}],
    }
    with pytest.raises(AssertionError, match="Jones"):
        play(wrong, talk().say)


def test_a_question_put_twice_is_noticed() -> None:
    """Without it `replies:` could go on answering a desk that asks for the same thing for ever."""
    forgetful = {"reply": "Your name?", "answers": [], "emergency": False, "handoff": False}
    forgetful |= {"action": {"name": "referral", "status": "collecting", "slots": {}, "asking": "patient_name"}}
    twice = {"name": "twice", "turns": [{"patient": "pt please"}, {"replies": {"patient_name": "Ann Lee"}}]}
    with pytest.raises(AssertionError, match="asked again for patient_name"):
        play(twice, lambda _text: forgetful)
