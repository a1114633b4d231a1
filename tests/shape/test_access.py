"""Rows of a clinic are reached by one door, app/store/access.py, which asks whose they are. Looking a row up by its id
anywhere else is a decision that stands here with its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import tables

APP = Path(__file__).resolve().parents[2] / "app"
DOOR = "store/access.py"
WITH_A_CLINIC = {name for name in tables.__all__ if hasattr(getattr(tables, name), "clinic_id")}
# (module, table): why the id in it cannot be one that a request brought.
BY_ID: dict[tuple[str, str], str] = {
    ("jobs/queue.py", "Job"): "the id of the job that this very worker has claimed",
    ("store/queries/leads.py", "Lead"): "of a lead that was reached through the door, within its clinic",
    ("store/queries/people.py", "Membership"): "asks whose the clinic is",
    ("store/queries/transcripts.py", "Conversation"): "the visitor's signed token names it, and is checked before",
    ("store/turns.py", "Message"): "from the row of the message that it answers",
    ("usecases/accept_document.py", "Document"): "of the version that was found in the clinic",
    ("usecases/deliver_alert.py", "Destination"): "from a job's payload or an outage's row, which the desk wrote",
    ("usecases/deliver_notice.py", "Notice"): "from a job's payload, which the desk wrote",
    ("usecases/index_document.py", "DocumentVersion"): "from a job's payload, which the desk wrote",
    ("usecases/index_document.py", "Document"): "of the version that a job names",
    ("usecases/raise_alert.py", "Destination"): "of the trouble that the outbox met",
    ("usecases/read_page.py", "Document"): "from a list of papers that are due, which the desk made",
    ("usecases/resume_link.py", "Conversation"): "of the link that was found by its secret, in its clinic",
    ("usecases/retry_notice.py", "Destination"): "of the notice that was reached through the door",
    ("usecases/told_by.py", "Notice"): "from a lead's row or a job's payload, which the desk wrote",
    ("usecases/watch_outbox.py", "Destination"): "of the notice that a job names",
    ("usecases/watch_outbox.py", "Notice"): "from a job's payload, which the desk wrote",
    ("usecases/share_resume_link.py", "Conversation"): "of the lead that was reached through the door",
    ("usecases/resume_link.py", "ResumeLink"): "the hash of a secret of 256 bits; its clinic is compared after",
    ("llm/budget.py", "ModelDay"): "its key is the clinic of the turn and a day",
    ("llm/egress.py", "Egress"): "of the request that this call has just recorded",
    ("store/turns.py", "Conversation"): "together with the clinic, in one statement",
    ("usecases/close_abandoned.py", "Lead"): "the lead that was made just before",
    ("control/commands/ingest.py", "DocumentVersion"): "of the upload that this command has just made",
}


def lookups(source: str) -> Iterator[str]:
    """Tables from which the module takes a row by its id: `session.get(Table, id)`, `.where(Table.id == id)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if node.func.attr in ("get", "get_one", "merge") and isinstance(first, ast.Name):
                yield first.id
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            table, column = _column(node.left)
            if column == "id" and _column(node.comparators[0])[0] not in WITH_A_CLINIC:  # not two columns joined
                yield table


def _column(node: ast.AST) -> tuple[str, str]:
    """("Lead", "id") of `Lead.id` and `col(Lead.id)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "col":
        node = node.args[0]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return "", ""


def found_in(path: Path) -> set[tuple[str, str]]:
    name = path.relative_to(APP).as_posix()
    return {(name, table) for table in lookups(path.read_text(encoding="utf-8")) if table in WITH_A_CLINIC}


@pytest.fixture(scope="module")
def found() -> set[tuple[str, str]]:
    modules = [path for path in APP.rglob("*.py") if path.relative_to(APP).as_posix() != DOOR]
    return set().union(*map(found_in, modules))


def test_rows_of_a_clinic_are_taken_through_the_door(found: set[tuple[str, str]]) -> None:
    """One `session.get(Lead, id)` with an id from a request shows a patient of another clinic."""
    assert found - BY_ID.keys() == set(), "use row_of(session, TABLE, clinic_id, id), or give a reason here"


def test_no_reason_outlives_its_look_up(found: set[tuple[str, str]]) -> None:
    """A reason that stays behind would excuse the next look-up in that module."""
    assert BY_ID.keys() - found == set()


@pytest.mark.parametrize(
    ("code", "table"),
    [
        ("session.get(Lead, lead_id)", "Lead"),
        ("session.get_one(Notice, given)", "Notice"),
        ("select(Lead).where(Lead.id == given, Lead.status == 'complete')", "Lead"),
        ("select(Lead).where(col(Lead.id) == given)", "Lead"),
        ("select(Lead).join(Notice, col(Notice.lead_id) == col(Lead.id))", None),
        ("settings.get(name)", "name"),
    ],
)
def test_a_look_up_is_seen(code: str, table: str | None) -> None:
    """A check that sees nothing passes everything."""
    assert list(lookups(code)) == ([table] if table else [])
