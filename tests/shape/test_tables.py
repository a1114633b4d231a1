"""Rows belong to a clinic, and every shipped action has been talked through."""

from sqlmodel import SQLModel

import app.store.tables  # noqa: F401  (fills the metadata)
from app.actions.shipped import shipped_actions
from tests.conversations.runner import conversation_files, load

OF_THE_INSTALL = {
    "clinic",
    "failing_route",
    "invitation",
    "known_place",
    "model_exam",
    "outage",
    "passkey",
    "recovery_code",
    "second_factor",
    "sign_in_attempt",
    "spent_challenge",
    "staff",
    "staff_session",
}


def test_every_row_of_a_clinic_says_so() -> None:
    """A table without the clinic's id cannot be kept apart, handed over or deleted with its clinic."""
    tables = SQLModel.metadata.tables.items()
    assert {name for name, table in tables if "clinic_id" not in table.columns} == OF_THE_INSTALL


def test_every_action_has_a_conversation_to_its_end() -> None:
    """An action that nobody ever completed in a test breaks at its first patient."""
    finished = {
        turn.get("action") or load(path).get("action") or _action_of(path)
        for path in conversation_files()
        for turn in load(path)["turns"]
        if turn.get("status") == "completed"
    }
    assert {action.name for action in shipped_actions()} <= finished


def _action_of(path: object) -> str | None:
    """The last action that the file names; a file that names none is about referrals."""
    named = [turn["action"] for turn in load(path)["turns"] if "action" in turn]  # type: ignore[arg-type]
    return named[-1] if named else "referral"
