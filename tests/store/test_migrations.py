"""An install of an earlier release comes up with everything it had, and with the schema that the code expects."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, select

from app.store.schema import HEAD, MIGRATIONS, current, upgrade
from app.store.session import Database
from app.store.tables import Lead, Notice

KEY = b"k" * 32
THEN = "2026-11-01 12:00:00.000000"


def at_release(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_an_empty_folder_gets_the_schema_of_the_code(tmp_path: Path) -> None:
    """A column that only the tables know would break at the first patient."""
    engine = Database(tmp_path / "new.db", KEY).engine
    upgrade(engine)
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert difference == []
    assert current(engine) == HEAD
    engine.dispose()


def test_leads_and_notices_of_an_earlier_release_stay(tmp_path: Path) -> None:
    """A referral from before the upgrade must be readable, and its notice must still go out once."""
    database = Database(tmp_path / "old.db", KEY)
    at_release(database.engine, "0002")
    rows = [
        "INSERT INTO clinic (id, site_key, name, phone, timezone, coordinator_email, origins, service_zips, languages,"
        f" email_fields, knowledge_version, created_at) VALUES ('c', 'k', 'n', 'p', 'UTC', 'e', '[]', '[]', '[]', '[]',"
        f" 0, '{THEN}')",
        "INSERT INTO conversation (id, clinic_id, channel, consent_version, state, created_at, last_message_at)"
        f" VALUES ('t', 'c', 'web', '1', '{{}}', '{THEN}', '{THEN}')",
        *(
            "INSERT INTO lead (id, clinic_id, conversation_id, action, action_version, status, slots, missing,"
            f" reference, created_at) VALUES ('{status}', 'c', 't', 'referral', '1', '{status}', '{{}}', '[]',"
            f" '{status}', '{THEN}')"
            for status in ("complete", "incomplete", "urgent")
        ),
        "INSERT INTO notice (id, clinic_id, lead_id, channel, destination, state, attempts, created_at)"
        f" VALUES ('n', 'c', 'urgent', 'email', 'e', 'pending', 0, '{THEN}')",
    ]
    with database.engine.begin() as connection:
        for row in rows:
            connection.execute(text(row))
    upgrade(database.engine)
    then = datetime(2026, 11, 1, 12, tzinfo=UTC)
    with Session(database.engine) as session:
        found = {lead.status: lead for lead in session.exec(select(Lead))}
        notice = session.exec(select(Notice)).one()
    assert {status: lead.submitted_at for status, lead in found.items()} == {
        "complete": then,
        "incomplete": None,
        "urgent": None,
    }
    assert {lead.updated_at for lead in found.values()} == {then}
    assert (found["urgent"].urgent_at, found["complete"].urgent_at) == (then, None)
    assert (notice.kind, notice.number, notice.state) == ("urgent", 1, "pending")
    database.engine.dispose()
