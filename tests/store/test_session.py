"""The one write door of the encrypted database."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, func, select

from app.errors import Misconfigured, NotFound, Unavailable
from app.store.audit import DESK, record
from app.store.queries.live_papers import LivePapers
from app.store.queries.unanswered import unanswered
from app.store.schema import HEAD, MIGRATIONS, current, upgrade
from app.store.session import Database
from app.store.tables import AuditEntry, ChunkRow, Clinic, Document, DocumentVersion, PayerListRow

KEY = bytes(range(32))
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_AT = "2026-03-02 12:00:00"
_CLINIC = {"id": "clinic_1", "site_key": "key", "name": "Alder", "phone": "+15035550100", "timezone": "UTC"}
FIRST_VERSION = {
    "clinic": _CLINIC
    | dict.fromkeys(("origins", "service_zips", "languages", "email_fields"), "[]")
    | {"coordinator_email": "c@alder.example", "knowledge_version": 1, "created_at": _AT},
    "document": {"id": "doc_1", "clinic_id": "clinic_1", "name": "fees.md", "created_at": _AT},
    "document_version": {"id": "ver_1", "clinic_id": "clinic_1", "document_id": "doc_1", "status": "ready", "live": 1}
    | {"sha256": "0", "size_bytes": 9, "chunks": 1, "progress_done": 1, "progress_total": 1, "warnings": "[]"}
    | {"created_at": _AT},
    "chunk": {"id": "chunk_1", "clinic_id": "clinic_1", "version_id": "ver_1", "ordinal": 0, "kind": "prose"}
    | {"text": "A visit costs $90.", "heading": "[]", "lead": "", "cells": "[]"},
    "conversation": {"id": "conv_1", "clinic_id": "clinic_1", "channel": "web", "consent_version": "1", "state": "{}"}
    | {"created_at": _AT, "last_message_at": _AT},
    "unanswered_question": {"id": "q_1", "clinic_id": "clinic_1", "conversation_id": "conv_1", "created_at": _AT}
    | {"question": "Is there a pool?"},
}


@pytest.fixture
def database(tmp_path: Path):
    """An open, migrated database."""
    made = Database(tmp_path / "x.db", KEY)
    upgrade(made.engine)
    made.open()
    yield made
    made.close()


def entry(session: Session, verb: str, at: datetime = NOON) -> None:
    record(session, at, DESK, verb, ("t", "1"), None)


def verbs(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(AuditEntry.verb).order_by(AuditEntry.seq)))


@pytest.mark.timeout(120)
def test_a_write_may_read_in_a_session_of_its_own(database: Database) -> None:
    """A use case that looked something up on the writer's thread would wait half a minute for itself, and fail."""

    def work(session: Session) -> list[str]:
        entry(session, "second")
        session.flush()
        return verbs(database)

    database.write(lambda session: entry(session, "first"))
    assert database.write(work) == ["first"], "what is not committed yet is not seen"
    assert verbs(database) == ["first", "second"]


def test_a_write_is_there_after_it_returns(database: Database) -> None:
    """Without it a patient could be told "saved" before the commit."""
    database.write(lambda session: entry(session, "one"))
    assert verbs(database) == ["one"]


def test_a_failing_write_takes_nothing_of_its_own_and_nothing_of_others(database: Database) -> None:
    """Works share a commit: without savepoints one visitor's error would undo another's referral."""
    gate = threading.Event()

    def slow(session: Session) -> None:
        gate.wait(60)
        entry(session, "slow")

    def broken(session: Session) -> None:
        entry(session, "broken")
        session.flush()
        raise NotFound("no such thing")

    outcomes: dict[str, object] = {}

    def run(name: str, work) -> None:
        try:
            outcomes[name] = database.write(work)
        except NotFound as problem:
            outcomes[name] = problem

    threads = [threading.Thread(target=run, args=("slow", slow))]
    threads[0].start()
    for name, work in (("broken", broken), ("good", lambda session: entry(session, "good"))):
        threads.append(threading.Thread(target=run, args=(name, work)))
        threads[-1].start()
    gate.set()
    for thread in threads:
        thread.join(120)
    assert sorted(verbs(database)) == ["good", "slow"]
    assert isinstance(outcomes["broken"], NotFound)
    assert outcomes["good"] is None


def test_a_mistake_of_the_mapper_undoes_its_own_work_only(database: Database) -> None:
    """A failed flush rolls back as far as the session knows: that must end at its own savepoint, not at the commit that
    others share, and must take what the same work wrote on the driver before."""
    began, gate = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        began.set()
        gate.wait(60)
        entry(session, "slow")

    def broken(session: Session) -> None:
        entry(session, "broken")
        session.add(clinic("Birch", phone=None))
        session.flush()

    def good(session: Session) -> None:
        entry(session, "good")
        session.add(clinic("Cedar", phone="1"))

    failed: list[BaseException] = []

    def run(work) -> None:
        try:
            database.write(work)
        except IntegrityError as problem:
            failed.append(problem)

    threads = [threading.Thread(target=run, args=(work,)) for work in (slow, broken, good)]
    threads[0].start()
    assert began.wait(60)
    for number, thread in enumerate(threads[1:], 1):
        thread.start()
        while database.waiting < number:
            assert thread.is_alive()
    gate.set()
    for thread in threads:
        thread.join(120)
    assert len(failed) == 1
    assert verbs(database) == ["slow", "good"]
    with database.read() as session:
        assert session.exec(select(Clinic.name)).all() == ["Cedar"]


def clinic(name: str, phone: str | None) -> Clinic:
    """Clinics have a phone."""
    where = {"timezone": "UTC", "coordinator_email": "a@a.example", "created_at": NOON}
    return Clinic(id=f"clinic_{name}", site_key=name, name=name, phone=phone, **where)


def test_many_writers_lose_nothing(database: Database) -> None:
    """Without one door, concurrent writers would meet "database is locked" and lose rows."""
    threads = [
        threading.Thread(target=lambda: [database.write(lambda s: entry(s, "x")) for _ in range(20)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(AuditEntry)).one() == 160


def test_a_closed_database_refuses(database: Database) -> None:
    """Without it a write during shutdown would wait for ever."""
    database.close()
    with pytest.raises(Unavailable):
        database.write(lambda session: entry(session, "late"))


def test_a_damaged_file_is_unavailable_and_not_a_bug(tmp_path: Path) -> None:
    """A bad page is a plain DatabaseError: as an unknown error the patient would get a 500 without the phone."""
    path = tmp_path / "x.db"
    made = Database(path, KEY)
    upgrade(made.engine)
    made.open()
    made.write(lambda session: [entry(session, f"verb_{number}" * 7) for number in range(400)] and None)
    made.close()
    last_rows = path.stat().st_size // 8
    with path.open("r+b") as file:
        file.seek(-last_rows, 2)
        file.write(bytes(last_rows))
    damaged = Database(path, KEY)
    damaged.open()
    with pytest.raises(Unavailable):
        damaged.look(select(AuditEntry.hash))
    with pytest.raises(Unavailable), damaged.read() as session:
        session.exec(select(AuditEntry)).all()
    with pytest.raises(Unavailable):
        damaged.write(lambda session: session.exec(select(AuditEntry)).all())
    damaged.close()


def test_the_file_is_encrypted_and_opens_with_its_key_only(tmp_path: Path) -> None:
    """Without it a stolen disk would show patients' words."""
    made = Database(tmp_path / "x.db", KEY)
    upgrade(made.engine)
    made.open()
    made.write(lambda session: entry(session, "needle_in_clear"))
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    made.close()
    assert not [
        name for name, content in files.items() if b"needle_in_clear" in content or b"SQLite format 3" in content
    ]
    before = (tmp_path / "x.db").read_bytes()
    wrong = Database(tmp_path / "x.db", bytes(32))
    with pytest.raises(Misconfigured, match="master key"):
        wrong.open()
    assert (tmp_path / "x.db").read_bytes() == before


def test_times_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    """SQLite keeps no zone: without the column type a time would come back hours off."""
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-5)))
    database.write(lambda session: entry(session, "aware", elsewhere))
    with database.read() as session:
        assert session.exec(select(AuditEntry.at)).one() == NOON
    with pytest.raises(StatementError, match="naive"):
        database.write(lambda session: entry(session, "naive", datetime(2026, 3, 2)))  # noqa: DTZ001


def test_durability_is_full(database: Database) -> None:
    """With less than FULL, a power cut after the reply could take the referral with it."""
    with database.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    """Without it a column of the code could be missing in every database that was migrated, or HEAD be stale."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    assert current(database.engine) == HEAD
    assert upgrade(database.engine) is False
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_database_with_papers_and_questions_of_the_first_version_is_read(tmp_path: Path) -> None:
    """Without it a clinic's papers or its list could be lost, or break every page, with an upgrade."""
    from alembic import command
    from alembic.config import Config

    old = Database(tmp_path / "old.db", KEY)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with old.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, row in FIRST_VERSION.items():
            names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
    assert upgrade(old.engine) is True
    old.open()
    with old.read() as session:
        paper, version = session.exec(select(Document)).one(), session.exec(select(DocumentVersion)).one()
        assert (paper.name, paper.source_url, version.live, version.dates_by_hand) == ("fees.md", None, True, False)
        assert session.exec(select(ChunkRow)).one().notes == []
        assert session.exec(select(PayerListRow)).all() == []
    assert [(one.question, one.kind) for one in unanswered(old, "clinic_1")] == [("Is there a pool?", "no_paper")]
    live = LivePapers(old, lambda: NOON)
    assert live.passages("clinic_1", ["chunk_1"])["chunk_1"][1:] == ("doc_1", "fees.md", NOON.date())
    old.close()


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    """Without it an old server would write rows that the newer one cannot read."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Misconfigured, match="newer"):
        upgrade(database.engine)
