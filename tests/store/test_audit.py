"""The audit: a chain that holds whatever becomes of the works around it, and that nobody can change in place."""

import contextlib
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from app.errors import NotFound
from app.store.audit import DESK, Actor, record
from app.store.audit_chain import FIELDS, FIRST, entry_hash
from app.store.schema import upgrade
from app.store.session import Database
from app.store.tables import AuditEntry
from tests.store.test_migrations import at_release

KEY = b"k" * 32
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path):
    """An open, migrated database."""
    made = Database(tmp_path / "x.db", KEY)
    upgrade(made.engine)
    made.open()
    yield made
    made.close()


def note(session: Session, target_id: str) -> None:
    record(session, NOON, DESK, "tried", ("thing", target_id), None)


def entries(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))))


def is_whole(found: list[AuditEntry]) -> bool:
    before = FIRST
    for row in found:
        facts = {name: getattr(row, name) for name in FIELDS}
        if (row.prev_hash, row.hash) != (before, entry_hash(before, row.seq or 0, row.at, facts)):
            return False
        before = row.hash
    return True


def test_an_entry_whose_work_fails_leaves_no_gap(database: Database) -> None:
    """Works share a commit: one visitor's error in the middle would break the chain for everybody."""
    gate = threading.Event()

    def hold(session: Session) -> None:
        gate.wait(60)
        note(session, "first")

    def broken(session: Session) -> None:
        note(session, "broken")
        note(session, "broken-too")
        raise NotFound("no such thing")

    def run(work) -> None:
        with contextlib.suppress(NotFound):
            database.write(work)

    works = [hold, broken, lambda s: note(s, "second"), broken, lambda s: (note(s, "third"), note(s, "fourth"))]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(120)
    found = entries(database)
    assert sorted(row.target_id for row in found) == ["first", "fourth", "second", "third"]
    assert [row.seq for row in found] == [1, 2, 3, 4]
    assert is_whole(found)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 'staff_other' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 2",
        "DELETE FROM audit_entry",
        "REPLACE INTO audit_entry SELECT seq, at, clinic_id, actor_kind, 'staff_other', verb, target_kind, target_id,"
        " prev_hash, hash FROM audit_entry WHERE seq = 1",
        "INSERT INTO audit_entry SELECT 9, at, clinic_id, actor_kind, actor_id, verb, target_kind, target_id,"
        " prev_hash, hash FROM audit_entry WHERE seq = 1",
    ],
)
def test_the_database_refuses_to_change_it(database: Database, statement: str) -> None:
    """A mistake in the code, or a hand at the database's prompt, would quietly rewrite what happened."""
    for number in range(3):
        database.write(lambda session, name=f"t{number}": note(session, name))
    before = [row.model_dump() for row in entries(database)]
    with pytest.raises(DatabaseError, match="audit"):
        database.write(lambda session: session.connection().execute(text(statement)))
    assert [row.model_dump() for row in entries(database)] == before


@pytest.mark.parametrize(
    ("verb", "target"),
    [
        ("read", ("lead", "Robin Ames")),
        ("read", ("my knee hurts", "lead_1")),
        ("called 202", ("lead", "lead_1")),
        ("read", ("lead", "")),
        ("read", ("mail", "robin@ames.example")),
    ],
)
def test_words_do_not_get_in(database: Database, verb: str, target: tuple[str, str]) -> None:
    """The audit is kept for years and shown to auditors: a name in it could never be taken out again."""
    with pytest.raises(ValueError, match="no words"):
        database.write(lambda s: record(s, NOON, Actor("staff", "staff_1"), verb, target, None))
    assert entries(database) == []


def test_entries_of_an_earlier_release_are_chained_as_they_are(tmp_path: Path) -> None:
    """What was done before the upgrade would be outside the chain, or the next entry could not be written."""
    old = Database(tmp_path / "old.db", KEY)
    at_release(old.engine, "0006")
    row = "INSERT INTO audit_entry (seq, at, actor_kind, actor_id, verb, target_kind, target_id) VALUES "
    with old.engine.begin() as connection:
        for seq in (1, 2, 5):
            values = f"({seq}, '2026-11-01 12:00:00.00000{seq}', 'staff', 'staff_1', 'read', 'lead', 'lead_{seq}')"
            connection.execute(text(row + values))
    assert upgrade(old.engine)
    old.open()
    old.write(lambda session: note(session, "new"))
    found = entries(old)
    assert [(row.seq, row.verb) for row in found] == [(1, "read"), (2, "read"), (5, "read"), (6, "tried")]
    assert is_whole(found)
    old.close()
