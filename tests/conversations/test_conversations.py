"""Whole conversations through the real turn engine: saved, screened, understood, decided, phrased and recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Running
from app.clock import new_id
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from tests.conversations.runner import conversation_files, load, name_of, not_yet, play
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.payer_lists import publish_paper, row


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Opens a conversation with a clinic that has no papers, so that every question is deferred, or one that has
    published only these payer rows."""
    with desk_at_rest(tmp_path_factory.mktemp("talks")) as running:
        clinic = make_clinic(running)

        def open_talk(payers: list[dict[str, Any]] | None = None) -> Talk:
            return Talk(running, _with_payers(running, payers) if payers else clinic)

        yield open_talk


def _with_payers(running: Running, payers: list[dict[str, Any]]) -> ClinicFacts:
    clinic = make_clinic(running, f"Harbor Walk Therapy {new_id('x')}")
    paper = publish_paper(running.desk, clinic.id, [row(**one) for one in payers])
    publish_payer_rows(running.desk, clinic.id, Approval(paper.document_id, None, None), COMMAND)
    return clinic_of_site(running.desk.database, clinic.site_key)


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
