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
from app.store.tables import Destination, Lead, Notice

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
        places = {place.address: place for place in session.exec(select(Destination))}
    assert {status: lead.submitted_at for status, lead in found.items()} == {
        "complete": then,
        "incomplete": None,
        "urgent": None,
    }
    assert {lead.updated_at for lead in found.values()} == {then}
    assert (found["urgent"].urgent_at, found["complete"].urgent_at) == (then, None)
    assert (notice.kind, notice.number, notice.state) == ("urgent", 1, "pending")
    assert {(one.address, one.clinic_id, one.channel, one.hears_all) for one in places.values()} == {
        ("e", "c", "email", True)
    }
    assert notice.destination_id == places["e"].id
    assert (places["e"].active, places["e"].fields, places["e"].created_at) == (True, None, then)
    database.engine.dispose()


def test_mailboxes_that_were_told_once_keep_their_notices(tmp_path: Path) -> None:
    """A notice to somebody else than the coordinator would be lost with the upgrade; and one who left would hear of
    every later request."""
    database = Database(tmp_path / "old.db", KEY)
    at_release(database.engine, "0006")
    clinic = (
        "INSERT INTO clinic (id, site_key, name, phone, timezone, coordinator_email, origins, service_zips, languages,"
        " email_fields, knowledge_version, created_at)"
        f" VALUES ('{{0}}', '{{0}}', 'n', 'p', 'UTC', 'now@{{0}}.example', '[]', '[]', '[]', '[]', 0, '{THEN}')"
    )
    rows = [
        clinic.format("one"),
        clinic.format("two"),
        "INSERT INTO conversation (id, clinic_id, channel, consent_version, state, created_at, last_message_at)"
        f" VALUES ('t', 'one', 'web', '1', '{{}}', '{THEN}', '{THEN}')",
        "INSERT INTO lead (id, clinic_id, conversation_id, action, action_version, status, slots, missing, reference,"
        f" created_at) VALUES ('l', 'one', 't', 'referral', '1', 'complete', '{{}}', '[]', 'R', '{THEN}')",
        *(
            "INSERT INTO notice (id, clinic_id, lead_id, channel, destination, state, attempts, created_at)"
            f" VALUES ('{number}', 'one', 'l', 'email', '{address}', 'pending', 0, '{THEN}')"
            for number, address in enumerate(("now@one.example", "left@one.example"))
        ),
    ]
    with database.engine.begin() as connection:
        for row in rows:
            connection.execute(text(row))
    upgrade(database.engine)
    with Session(database.engine) as session:
        places = {one.id: (one.clinic_id, one.address, one.hears_all) for one in session.exec(select(Destination))}
        told = {notice.destination: places[notice.destination_id] for notice in session.exec(select(Notice))}
    assert sorted(places.values()) == [
        ("one", "left@one.example", False),
        ("one", "now@one.example", True),
        ("two", "now@two.example", True),
    ]
    assert told == {place[1]: place for place in places.values() if place[0] == "one"}
    database.engine.dispose()
