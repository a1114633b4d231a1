"""Installs of every earlier release, with rows in every table, come up with all they had: step by step, and as a whole
with notices that still wait."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Engine, Integer, LargeBinary, MetaData, Table, text
from sqlmodel import Session, SQLModel, select

from app.bootstrap import Running, build
from app.control.commands import run
from app.jobs.pressing import PRESSES
from app.store.audit_chain import FIELDS, FIRST, entry_hash
from app.store.database_file import DATABASE
from app.store.opening import open_store
from app.store.queries.leads import lead as read_lead
from app.store.schema import HEAD, MIGRATIONS, current, upgrade
from app.store.session import Database
from app.store.tables import DocumentVersion, Job, Lead, Notice
from app.store.upgrade_copies import upgrade_copies
from app.usecases.anchor_audit import anchor_audit
from tests.cast import SLOTS, test_settings
from tests.store.test_migrations import KEY, at_release

RELEASES = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("0*.py"))[:-1]
TAKEN_OVER = ("0001", "0008", "0014")
THEN = datetime(2026, 11, 1, 12)  # noqa: DTZ001 - as the database keeps times
VALUES: Mapping[str, Any] = {
    "clinic.timezone": "America/Chicago",
    "clinic.languages": ["en"],
    "clinic.origins": [],
    "clinic.service_zips": [],
    "clinic.email_fields": ["patient_name", "contact"],
    "clinic.coordinator_email": "front@harbor.example",
    "destination.channel": "email",
    "destination.address": "front@harbor.example",
    "destination.hears_all": True,
    "destination.active": True,
    "conversation.channel": "web",
    "message.author": "patient",
    "message.text": "Where do I park?",
    "message.turn_id": "turn_1",
    "lead.action": "referral",
    "lead.status": "complete",
    "lead.slots": SLOTS,
    "lead.missing": [],
    "lead.changes": [],
    "lead.reference": "K7M2P9Q",
    "lead.outcome": "ready",
    "lead.reasons": [],
    "lead.points": [],
    "lead.promised": [],
    "lead.caller": "patient",
    "lead.language": "en",
    "notice.channel": "email",
    "notice.destination": "front@harbor.example",
    "notice.state": "pending",
    "notice.kind": "complete",
    "notice.number": 1,
    "notice.attempts": 0,
    "job.kind": "deliver",
    "job.state": "pending",
    "job.route": "email",
    "job.attempts": 0,
    "job.payload": {"notice_id": "notice_1"},
    "membership.role": "manager",
    "staff_session.kind": "browser",
    "failing_route.name": "webhook:destination_9",
    "outage.route": "webhook:destination_9",
    "outage.kind": "late",
    "outage.told": [],
    "outage.closed_at": THEN,
}
"""What must mean something; the rest is filled by its type."""


def fill(engine: Engine) -> dict[str, dict[str, Any]]:
    """A row in every table that there is; three in the audit. Returns the rows as the database gives them back."""
    tables = tables_of(engine)
    with engine.begin() as connection:
        for table in tables:
            rows = _acts(table) if table.name == "audit_entry" else [_row(table)]
            for row in rows:
                connection.execute(table.insert(), row)
    return contents(engine)


def tables_of(engine: Engine) -> list[Table]:
    """As the database has them now, those that others point to first."""
    metadata = MetaData()
    metadata.reflect(engine)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def contents(engine: Engine) -> dict[str, dict[str, Any]]:
    """The first row of each table."""
    found = {}
    with engine.connect() as connection:
        for table in tables_of(engine):
            row = connection.execute(text(f'SELECT * FROM "{table.name}" ORDER BY rowid LIMIT 1')).mappings().first()
            found[table.name] = dict(row or {})
    return found


def _row(table: Table) -> dict[str, Any]:
    return {column.name: _value(table, column) for column in table.columns}


def _value(table: Table, column: Column[Any]) -> Any:
    name = f"{table.name}.{column.name}"
    if name in VALUES:
        return VALUES[name]
    if column.foreign_keys and not column.nullable:
        return f"{next(iter(column.foreign_keys)).column.table.name}_1"
    if column.nullable:
        return None
    if column.name == "id":
        return f"{table.name}_1"
    if column.name.endswith("_id"):
        return f"{column.name.removesuffix('_id')}_1"
    kinds = ((JSON, {}), (Boolean, False), (DateTime, THEN), (Date, date(2026, 11, 1)), (Integer, 1))
    for kind, value in (*kinds, (LargeBinary, b"\0" * 8)):
        if isinstance(column.type, kind):
            return value
    return f"{table.name} {column.name}"


def _acts(table: Table) -> Iterator[dict[str, Any]]:
    before = FIRST
    for seq in (1, 2, 3):
        row = {**_row(table), "seq": seq, "actor_kind": "desk"}
        if "hash" in table.columns:
            row["prev_hash"] = before
            facts = {name: row[name] for name in FIELDS}
            before = row["hash"] = entry_hash(before, seq, THEN.replace(tzinfo=UTC), facts)
        yield row


@pytest.mark.parametrize("release", RELEASES)
def test_every_row_of_every_release_is_there_after_the_upgrade(tmp_path: Path, release: str) -> None:
    """A migration that is right for an empty table may empty a full one, or fail on it at the clinic's next start."""
    engine = Database(tmp_path / "old.db", KEY).engine
    at_release(engine, release)
    before = fill(engine)
    assert "lead" in before
    assert all(before.values()), "every table has a row"
    upgrade(engine)
    after = contents(engine)
    assert current(engine) == HEAD
    for name, row in before.items():
        assert {column: after[name].get(column, "gone") for column in row} == row, name
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA quick_check")).scalar() == "ok"
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    with Session(engine) as session:  # as today's code reads them
        for mapper in SQLModel._sa_registry.mappers:
            session.exec(select(mapper.class_)).all()
    engine.dispose()


@contextmanager
def taken_over(folder: Path, release: str) -> Iterator[Running]:
    """An install of `release` with rows in it, opened by today's code."""
    given = test_settings(folder / "data")
    store = open_store(given)
    key = store.keyring.database_key(store.keyring.current)
    store.database.close()
    for path in given.data_dir.glob(f"{DATABASE}*"):
        path.unlink()
    old = Database(given.data_dir / DATABASE, key)
    at_release(old.engine, release)
    fill(old.engine)
    old.engine.dispose()
    running = build(given)
    try:
        yield running
    finally:
        running.close()


@pytest.mark.parametrize("release", TAKEN_OVER)
def test_an_install_with_notices_that_wait_goes_on(tmp_path: Path, release: str) -> None:
    """A clinic that updates at noon would lose what had not been mailed, or find its audit broken."""
    with taken_over(tmp_path, release) as running:
        desk = running.desk
        anchor_audit(desk)  # as the timetable does at the start
        assert run(desk, "audit_verify", {}, lambda _: None)["ok"]
        assert [copy.name[:4] for copy in upgrade_copies(desk.settings.data_dir)] == [release]
        running.worker.drain(["deliver"])
        with desk.database.read() as session:
            notice, lead = session.exec(select(Notice)).one(), session.exec(select(Lead)).one()
        assert (notice.state, notice.lead_id) == ("written", lead.id)
        [mail] = (desk.settings.data_dir / "mail").glob("*.eml")
        assert "Robin Ames" in mail.read_text()
        slots = {slot.name: slot.value for slot in read_lead(desk.database, lead.clinic_id, lead.id).slots}
        assert slots["patient_name"] == "Robin Ames"
        assert run(desk, "audit_verify", {}, lambda _: None)["ok"]


def test_a_paper_of_the_evening_is_of_that_day(tmp_path: Path) -> None:
    """With the day in UTC, a list uploaded in its place on the evening of the upgrade would never be used."""
    engine = Database(tmp_path / "old.db", KEY).engine
    at_release(engine, "0016")
    evening = {"created_at": datetime(2026, 11, 2, 3), "live": True}  # noqa: DTZ001 - as the database keeps times
    coming = {**evening, "id": "coming", "effective_from": date(2026, 12, 1)}
    with engine.begin() as connection:
        tables = {table.name: table for table in tables_of(engine)}
        clinic = {**_row(tables["clinic"]), "timezone": "America/Chicago"}
        connection.execute(tables["clinic"].insert(), clinic)
        connection.execute(tables["document"].insert(), _row(tables["document"]))
        for given in (evening, coming):
            row = {**_row(tables["document_version"]), **given}
            connection.execute(tables["document_version"].insert(), row)
    upgrade(engine)
    with Session(engine) as session:
        found = {one.id: one.takes_over for one in session.exec(select(DocumentVersion))}
    assert found == {"document_version_1": date(2026, 11, 1), "coming": date(2026, 12, 1)}
    engine.dispose()


def test_an_emergency_that_waits_goes_ahead_after_the_upgrade_too(tmp_path: Path) -> None:
    """One that failed before the upgrade would queue up behind a night's referrals at its next try."""
    engine = Database(tmp_path / "old.db", KEY).engine
    at_release(engine, "0016")
    with engine.begin() as connection:
        tables = {table.name: table for table in tables_of(engine)}
        for name in ("clinic", "destination", "conversation", "lead"):
            connection.execute(tables[name].insert(), _row(tables[name]))
        for number, kind in enumerate(("urgent", "complete")):
            notice = {**_row(tables["notice"]), "id": kind, "kind": kind, "number": number}
            connection.execute(tables["notice"].insert(), notice)
            job = {**_row(tables["job"]), "id": kind, "payload": {"notice_id": kind}}
            connection.execute(tables["job"].insert(), job)
    upgrade(engine)
    with Session(engine) as session:
        ahead = [job.id for job in session.exec(select(Job).where(PRESSES))]
    assert ahead == ["urgent"]
    engine.dispose()
