"""Follow-ups and several questions against a real paper, through the whole turn."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.dialogue.state import SCHEMA, State
from app.store.audit import COMMAND
from app.store.tables import Conversation
from app.usecases.accept_document import accept_document
from tests.desk import Talk, desk_at_rest, make_clinic

PAPER = b"""# Questions

### Do you have a pool?

Yes, aquatic therapy is in our warm pool on Monday mornings. A visit in the pool costs $115.

### Do you offer dry needling?

Yes, our therapists are certified. Dry needling costs $35 and insurance does not cover it.

### Where do I park?

There is a free lot behind the building.
"""


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with desk_at_rest(tmp_path) as running:
        clinic = make_clinic(running)
        accept_document(running.desk, clinic.id, "questions.md", PAPER, COMMAND)
        running.worker.drain(["index"])
        yield Talk(running, clinic)


def _items(done: dict[str, Any]) -> list[tuple[str, str]]:
    return [(answer["kind"], answer["text"]) for answer in done["answers"]]


def test_a_follow_up_is_answered_about_what_was_talked_about(talk: Talk) -> None:
    """Two prices stand in the paper; only the talk says which one is meant."""
    talk.say("Do you offer dry needling?")
    [(kind, text)] = _items(talk.say("how much is it?"))
    assert kind == "answer"
    assert "$35" in text
    assert "$115" not in text
    talk.say("Do you have a pool?")
    [(kind, text)] = _items(talk.say("and how much is that?"))
    assert "$115" in text
    assert "$35" not in text


def test_a_new_question_is_not_pulled_back(talk: Talk) -> None:
    """Somebody who asked about the pool may want to know where to park."""
    talk.say("Do you have a pool?")
    [(kind, text)] = _items(talk.say("Where do I park?"))
    assert kind == "answer"
    assert "free lot" in text


def test_each_part_is_answered_or_deferred_and_deferrals_are_told_once(talk: Talk) -> None:
    """Three times the same sentence hides the one answer between them."""
    done = talk.say("Do you have a sauna, a pool and a bowling alley?")
    assert [kind for kind, _ in _items(done)] == ["refusal", "answer", "refusal"]
    assert done["reply"].count("I do not want to guess") == 1
    assert 'sauna?" "Do you have a bowling alley?"' in done["reply"]
    assert done["reply"].index("aquatic") < done["reply"].index("sauna")


def test_the_talk_is_remembered_in_the_row_and_bounded(talk: Talk) -> None:
    """An unbounded state would grow with every message and outlive its use."""
    for _ in range(3):
        talk.say("Do you have a pool? Where do I park?")
    with talk.running.desk.database.read() as session:
        stored = session.exec(select(Conversation)).one().state
    assert stored is not None
    state = State.from_json(json.loads(json.dumps(stored)))
    assert len(state.topics) == 4
    assert state.topics[-1].question == "Where do I park?"
    assert state.topics[-1].documents
    assert state.topics[-1].pieces
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_a_state_of_the_first_schema_is_read() -> None:
    """Conversations that were open when the program was updated must go on."""
    old = {key: value for key, value in State().to_json().items() if key != "topics"} | {"schema": 1}
    assert State.from_json(old) == State()
    assert State.from_json(old).schema == SCHEMA
    with pytest.raises(ValueError, match="99"):
        State.from_json(old | {"schema": 99})
