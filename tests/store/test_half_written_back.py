"""A process that ends while the log is written back into the database leaves a file that only its log makes whole."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from app.store.database_file import connection_to, damage_seen_by_readers, opens

KEY, OTHER = b"k" * 32, b"o" * 32
PAGE = 4096
ROWS = 400


@pytest.fixture
def broken_off(tmp_path: Path) -> Path:
    """A database of one page, and a log of many pages of which only the first was written back: the first page names
    more pages than the file has."""
    path = tmp_path / "live.db"
    with closing(connection_to(path, KEY)) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
        connection.execute("CREATE TABLE said (words TEXT)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO said VALUES (?)", [(f"{number} " * 100,) for number in range(ROWS)])
        connection.execute("CREATE TABLE more (words TEXT)")
        connection.execute("COMMIT")
        broken = tmp_path / "broken.db"
        shutil.copy(path, broken)
        shutil.copy(f"{path}-wal", f"{broken}-wal")
        connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        first = path.read_bytes()[:PAGE]
    broken.write_bytes(first + broken.read_bytes()[PAGE:])
    assert broken.stat().st_size < path.stat().st_size
    return broken


def test_its_key_opens_it_and_nothing_is_damaged(broken_off: Path) -> None:
    assert opens(broken_off, KEY)
    assert damage_seen_by_readers(broken_off, KEY) is None
    with closing(connection_to(broken_off, KEY)) as connection:
        assert connection.execute("SELECT count(*) FROM said").fetchone() == (ROWS,)


def test_without_its_log_it_is_no_database(broken_off: Path) -> None:
    os.remove(f"{broken_off}-wal")
    assert not opens(broken_off, KEY)


def test_another_key_does_not_open_it(broken_off: Path) -> None:
    assert not opens(broken_off, OTHER)


def test_looking_touches_nothing(broken_off: Path) -> None:
    def files() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in broken_off.parent.glob("broken*")}

    before = files()
    assert opens(broken_off, KEY)
    assert not opens(broken_off, OTHER)
    assert files() == before
