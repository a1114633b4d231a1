"""Rows by statements that are made once: what they find, how they fail, and that a failed piece of work leaves none."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, col

from app.store.prepared import prepared
from app.store.rows import each_of, insert_row, run, update_row
from app.store.schema import upgrade
from app.store.session import Database
from app.store.tables import Clinic, Job

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NAMES = select(col(Job.id), col(Job.payload), col(Job.due_at)).where(col(Job.kind).in_(each_of("kinds")))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "frontdesk.db", secrets.token_bytes(32))
    upgrade(opened.engine)
    opened.open()
    facts = {"site_key": "a", "name": "A", "phone": "1", "timezone": "UTC", "coordinator_email": "a@a.example"}
    opened.write(lambda s: s.add(Clinic(id="clinic_1", created_at=NOON, **facts)))
    yield opened
    opened.close()


def job(session: Session, kind: str, **more: Any) -> dict[str, Any]:
    return insert_row(session, Job, clinic_id="clinic_1", kind=kind, due_at=NOON, created_at=NOON, **more)


def kinds(database: Database, *wanted: str) -> list[Any]:
    with database.read() as session:
        return list(run(session, NAMES, kinds=list(wanted)))


def test_a_row_comes_back_as_the_mapper_would_give_it(database: Database) -> None:
    """Times with their zone, JSON as data: else a lead would be told hours off."""
    made = database.write(lambda s: job(s, "deliver", payload={"notice_id": "ünö"}))
    (row,) = kinds(database, "deliver", "alert")
    assert (row.id, row.payload, row.due_at) == (made["id"], {"notice_id": "ünö"}, NOON)
    with database.read() as session:
        assert session.get_one(Job, row.id).model_dump() == made
    assert kinds(database) == kinds(database, "index") == []


def test_only_the_columns_that_are_given_change_and_only_in_that_row(database: Database) -> None:
    """A lead that follows its talk is set so: what another path keeps beside must stay."""
    one, other = (database.write(lambda s: job(s, "deliver", payload={"n": "1"})) for _ in range(2))
    database.write(lambda s: update_row(s, Job, one["id"], payload={"n": "2"}, state="held"))
    found = {row.id: row for row in database.look(NAMES, kinds=["deliver"])}
    assert (found[one["id"]].payload, found[one["id"]].due_at) == ({"n": "2"}, NOON)
    with database.read() as session:
        assert session.get_one(Job, one["id"]).model_dump() == one | {"payload": {"n": "2"}, "state": "held"}
        assert session.get_one(Job, other["id"]).model_dump() == other


def test_a_look_sees_what_is_written_and_nothing_that_is_not(database: Database) -> None:
    """It has no session around it: still it sees a commit whole, and no work that is under way."""

    def work(session: Session) -> int:
        job(session, "deliver")
        return len(database.look(NAMES, kinds=["deliver"]).all())

    assert database.write(work) == 0
    assert len(database.look(NAMES, kinds=["deliver"]).all()) == 1


def test_what_the_session_has_pending_is_seen(database: Database) -> None:
    """A statement runs beside the unit of work, which must have written first."""

    def work(session: Session) -> list[Any]:
        session.add(Job(clinic_id="clinic_1", kind="deliver", due_at=NOON, created_at=NOON))
        return list(run(session, NAMES, kinds=["deliver"]))

    assert len(database.write(work)) == 1


def test_errors_are_those_of_a_flush_and_quote_no_row(database: Database) -> None:
    """Callers look for IntegrityError; the words of a patient must not get into a log by way of one."""
    database.write(lambda s: job(s, "deliver", id="job_1"))
    with pytest.raises(IntegrityError) as twice:
        database.write(lambda s: job(s, "Rosa has a fever", id="job_1"))
    assert "fever" not in str(twice.value)
    with pytest.raises(StatementError, match="naive") as naive:
        database.write(lambda s: job(s, "Rosa has a fever", set_at=datetime(2026, 3, 2)))  # noqa: DTZ001
    assert "fever" not in str(naive.value)


def test_a_statement_whose_text_changes_is_refused() -> None:
    """It would be understood with the first list and run with the second."""
    with pytest.raises(ValueError, match="json_each"):
        prepared(select(col(Job.id)).where(col(Job.kind).in_(bindparam("kinds", expanding=True))))


def test_work_that_fails_leaves_no_row_though_others_share_its_commit(database: Database) -> None:
    """The statement runs on the driver's connection, so the savepoint of its own work must have begun before."""
    began, go = Event(), Event()

    def first(session: Session) -> None:
        began.set()
        go.wait(20)
        job(session, "first")

    def failing(session: Session) -> None:
        job(session, "failing")
        raise LookupError("this one breaks")

    def try_failing() -> None:
        with pytest.raises(LookupError):
            database.write(failing)

    threads = [Thread(target=database.write, args=(first,))]
    threads[0].start()
    assert began.wait(20)
    threads += [Thread(target=one) for one in (try_failing, lambda: database.write(lambda s: job(s, "third")))]
    for thread in threads[1:]:
        thread.start()
    while database.waiting < 2:
        assert all(thread.is_alive() for thread in threads)
    go.set()
    for thread in threads:
        thread.join(20)
    assert kinds(database, "failing") == []
    assert len(kinds(database, "first", "third")) == 2


def test_after_an_inner_savepoint_is_rolled_back_the_next_rows_stay(database: Database) -> None:
    """The connection that is remembered belongs to the innermost savepoint."""

    def work(session: Session) -> None:
        job(session, "before")
        inner = session.begin_nested()
        job(session, "inner")
        inner.rollback()
        job(session, "after")

    database.write(work)
    assert len(kinds(database, "before", "after")) == 2
    assert kinds(database, "inner") == []
