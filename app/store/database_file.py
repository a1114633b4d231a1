"""The database as a file: a connection to it, whether a key opens it, encrypted copies, and exchanging it for one."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.store.durable import sync

DATABASE = "frontdesk.db"
STAGED = ".rekeyed"
SQLITE_FLOOR = (3, 51, 3)
"""3.7 to 3.51.2 can damage a database when its write-ahead log begins anew (the "WAL reset" bug)."""
BUSY_MS = 5_000
"""How long a write waits for a lock that somebody else holds on the file; then patients are told the phone."""


def connection_to(path: Path, key: bytes) -> Any:
    """An open connection in autocommit mode. `key` has 32 bytes; it is not compared before the first statement."""
    connection = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    _give_key(connection, key)
    for pragma in ("foreign_keys = ON", "synchronous = FULL", f"busy_timeout = {BUSY_MS}", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def opens(path: Path, key: bytes) -> bool:
    """Whether the key decrypts the database. Only reads; the log stays as it is. The file alone is asked first; where
    the log was being written back into it when the process ended, only both together are a database."""
    return _reads(_untouched(path, key)) or (_has_log(path) and _reads_with_log(path, key))


def damage(path: Path, key: bytes) -> str | None:
    """What is wrong with a file that nobody has open, in SQLite's words; None when every page is genuine and all of
    them fit together. The file is not touched."""
    with closing(_untouched(path, key)) as connection:
        try:
            forged = connection.execute("PRAGMA cipher_integrity_check").fetchone()
            found = forged or connection.execute("PRAGMA quick_check(1)").fetchone()
        except dbapi2.DatabaseError as problem:
            return str(problem)
    return None if found == ("ok",) else str(found[0])


def damage_seen_by_readers(path: Path, key: bytes) -> str | None:
    """As `damage`, for a database with a log: what is in the log counts. Only reads; the log stays as it is."""
    if not _has_log(path):
        return damage(path, key)
    try:
        with _with_log(path, key) as reader:
            found = reader.execute("PRAGMA quick_check(1)").fetchone()
    except dbapi2.DatabaseError as problem:
        return str(problem)
    return None if found == ("ok",) else str(found[0])


def schema_of(path: Path, key: bytes) -> str | None:
    """The revision that the file itself (not its log) names; None for an empty one. The file is not touched."""
    with closing(_untouched(path, key)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except dbapi2.DatabaseError:  # no such table, or damage, which others look for
            return None
    return str(found[0]) if found else None


def copy_into(connection: Any, path: Path) -> None:
    """An encrypted copy of what the connection sees, with its key, on disk and private. `path` must not exist."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite keeps its mode
    connection.execute("VACUUM INTO ?", (str(path),))
    sync(path)


def rekeyed_copy(path: Path, old: bytes, new: bytes) -> Path:
    """A copy of the database under another key, beside it. Nobody may write meanwhile."""
    staged = staged_path(path)
    clear_staged(path)
    with closing(connection_to(path, old)) as connection:
        copy_into(connection, staged)
    with closing(connection_to(staged, old)) as connection:
        connection.execute("PRAGMA journal_mode = OFF").fetchone()  # half a copy is thrown away, not repaired
        connection.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"").fetchone()
    sync(staged)
    return staged


def put_in_place(path: Path, key: bytes, staged: Path) -> None:
    """Exchanges the database for the staged copy. Nobody may have it open. Its log must be gone before: pages in it
    would be taken for the new file's."""
    with closing(connection_to(path, key)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    if path.with_name(f"{path.name}-wal").exists():
        raise OSError("the database's log is still in use")
    os.replace(staged, path)
    sync(path.parent)


def staged_path(path: Path) -> Path:
    """Where the copy under another key lies until it takes the database's place."""
    return path.with_name(path.name + STAGED)


def clear_staged(path: Path) -> None:
    """Removes a copy that a crash left."""
    for ending in ("", "-journal", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            staged_path(path).with_name(staged_path(path).name + ending).unlink()


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _reads(connection: Any) -> bool:
    with closing(connection):
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except dbapi2.DatabaseError:
            return False
    return True


def _reads_with_log(path: Path, key: bytes) -> bool:
    try:
        with _with_log(path, key) as reader:
            return _reads(reader)
    except dbapi2.DatabaseError:
        return False


@contextmanager
def _with_log(path: Path, key: bytes) -> Iterator[Any]:
    """A connection that sees what is in the log and changes neither; an index of the log that it makes goes again."""
    index = path.with_name(f"{path.name}-shm")
    there = index.exists()
    try:
        with closing(dbapi2.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as reader:
            _give_key(reader, key)
            yield reader
    finally:
        if not there:
            index.unlink(missing_ok=True)


def _untouched(path: Path, key: bytes) -> Any:
    connection = dbapi2.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, isolation_level=None)
    _give_key(connection, key)
    return connection


def _give_key(connection: Any, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would print to stderr what we raise anyway
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
