"""What must hold before the data folder is opened. Every check only reads; each refusal is one line with its remedy."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from sqlcipher3 import dbapi2

from app.errors import Misconfigured
from app.settings import Settings
from app.store.database_file import DATABASE, SQLITE_FLOOR
from app.store.keyring import KEYRING

log = logging.getLogger("frontdesk.store")
ROOM = 8 * 2**20
"""Bytes that must be free to start. A server that runs goes on below it and answers 503 when nothing can be saved."""
OTHERS = 0o077


def check_sqlite(version: tuple[int, ...] = dbapi2.sqlite_version_info) -> None:
    """Raises Misconfigured for a SQLite that can lose what it committed."""
    if version < SQLITE_FLOOR:
        raise Misconfigured(
            f"SQLite {'.'.join(map(str, version))} can damage a database when its log begins anew.",
            "Install sqlcipher3 0.6.4 or newer: scripts/setup",
        )


def check_folder(settings: Settings) -> None:
    """Raises Misconfigured for a data folder that is another user's, that others may enter (in production; elsewhere it
    is only said), or that cannot be written."""
    folder = settings.data_dir
    _check_disk(folder if folder.exists() else _nearest(folder))
    if not folder.exists():
        return
    for path in _ours(folder):
        if path.stat().st_uid != os.geteuid():
            raise Misconfigured(
                f"{str(path)!r} belongs to user {path.stat().st_uid}, and this process runs as user {os.geteuid()}.",
                "Run Frontdesk as the owner of the data folder, or choose a FRONTDESK_DATA_DIR of its own.",
            )
    said = open_to_others(folder)
    if said and settings.env == "production":
        raise Misconfigured(f"{said}.", f"Run: chmod 700 {folder}")
    if said:
        log.warning("%s: chmod 700 %s", said, folder)


def open_to_others(folder: Path) -> str | None:
    """A sentence when other users of the machine may enter the folder."""
    mode = folder.stat().st_mode & 0o777
    return f"The data folder {str(folder)!r} has mode {mode:o}, so other users can enter it" if mode & OTHERS else None


def free_bytes(folder: Path) -> int:
    """What this user may still write there."""
    facts = os.statvfs(folder)
    return facts.f_bavail * facts.f_frsize


def _check_disk(folder: Path) -> None:
    if not folder.is_dir():
        raise Misconfigured(f"{str(folder)!r} is no folder.", "Choose another FRONTDESK_DATA_DIR.")
    if os.statvfs(folder).f_flag & os.ST_RDONLY or not os.access(folder, os.W_OK | os.X_OK):
        raise Misconfigured(
            f"{str(folder)!r} cannot be written.", "Mount it for writing, mend its rights, or choose another folder."
        )
    if (room := free_bytes(folder)) < ROOM:
        raise Misconfigured(
            f"The disk of {str(folder)!r} is full: {room // 1024} KiB are free, a start needs {ROOM // 1024} KiB.",
            "Make room on it.",
        )


def _nearest(path: Path) -> Path:
    """The folder in which a missing one would be made."""
    return next(parent for parent in path.absolute().parents if parent.exists())


def _ours(folder: Path) -> Iterator[Path]:
    yield folder
    for name in (DATABASE, KEYRING, "uploads"):
        if (folder / name).exists():
            yield folder / name
