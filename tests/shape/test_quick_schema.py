"""The short way to a new database leads where the migrations lead."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.store.session import Database
from tests import quick_schema


def made(folder: Path, name: str) -> tuple[list[tuple[str, ...]], str]:
    """What a new database holds: its tables and indexes, and its version."""
    database = Database(folder / name, bytes(32))
    assert quick_schema.upgrade(database.engine) is True
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master")).all()
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    database.close()
    return sorted(tuple(map(str, row)) for row in found), version


def test_the_second_database_is_as_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every test but the first would work on tables that no install has."""
    monkeypatch.setattr(quick_schema, "_made", [])
    migrated, quick = made(tmp_path, "migrated.db"), made(tmp_path, "quick.db")
    assert quick_schema._made
    assert len(migrated[0]) > 50
    assert quick == migrated
