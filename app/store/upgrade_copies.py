"""A copy of the database from before each upgrade of its schema, encrypted like it, kept for a while."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.store.database_file import connection_to, copy_into
from app.store.durable import PART, make_folder, sync

FOLDER = "before-upgrade"
KEEP = 2
KEEP_FOR = timedelta(days=30)


def keep_copy(data_dir: Path, database: Path, key: bytes, revision: str) -> Path:
    """Copies the database as it is, under `revision` and the moment. Raises OSError and the driver's errors: without a
    copy nothing is upgraded."""
    folder = data_dir / FOLDER
    make_folder(folder)
    path = folder / f"{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db"
    part = path.with_name(path.name + PART)
    with closing(connection_to(database, key)) as connection:
        copy_into(connection, part)
    part.rename(path)
    sync(folder)
    return path


def upgrade_copies(data_dir: Path) -> list[Path]:
    """The copies, oldest first."""
    return sorted((data_dir / FOLDER).glob("*.db"), key=lambda path: path.stat().st_mtime)


def remove_old_copies(data_dir: Path, keep: int = KEEP) -> int:
    """Removes what a crash left half-made, all but the newest `keep`, and what is older than KEEP_FOR. Returns how many
    copies went."""
    for part in (data_dir / FOLDER).glob(f"*{PART}"):
        part.unlink(missing_ok=True)
    copies = upgrade_copies(data_dir)
    oldest = time.time() - KEEP_FOR.total_seconds()
    gone = [path for number, path in enumerate(reversed(copies)) if number >= keep or path.stat().st_mtime < oldest]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
