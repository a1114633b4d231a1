"""Every use case that writes leaves an audit row in the same transaction."""

import ast
from pathlib import Path

import pytest

USECASES = sorted((Path(__file__).resolve().parents[2] / "app" / "usecases").glob("*.py"))
LEAVES_A_ROW = {"record", "submit_action", "retire", "record_turn"}
# Their writes are half an act; the row comes with the other half, or with none: looking around is no act, a copy of
# what a row tells already is none either, and what a try to sign in was tells the row of its success or failure.
HALVES = {
    "receive_message.py",
    "touch_session.py",
    "index_multilingual.py",
    "embed_sentences.py",
    "announce.py",
    "tell_staff.py",
    "name_coordinator.py",
    "sign_in_throttle.py",
    "passkey_ceremony.py",
    "retention.py",
}


def calls(tree: ast.AST) -> set[str]:
    """Names of the functions and methods that the module calls or hands on."""
    names = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return names | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", USECASES, ids=lambda path: path.stem)
def test_a_writing_use_case_leaves_an_audit_row(path: Path) -> None:
    """Without it something could change in a clinic and nobody could say who did it."""
    used = calls(ast.parse(path.read_text(encoding="utf-8")))
    writes = bool({"write", "add", "add_all", "delete", "insert_row", "insert_made"} & used)
    if writes and path.name not in HALVES:
        assert LEAVES_A_ROW & used
