"""Files that are either there as a whole, after a power cut too, or not at all."""

import contextlib
import os
from pathlib import Path

PART = ".part"


def write_durably(path: Path, data: bytes) -> None:
    """Replaces `path` in one step: the name appears only when the bytes are on disk. Mode 600. Raises OSError, and
    then leaves what was there before."""
    part = path.with_name(path.name + PART)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def make_folder(path: Path) -> None:
    """Makes a private folder, and its parents, so that they stay after a power cut."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in missing:
        sync(folder.parent)


def sync(path: Path) -> None:
    """Puts a folder's names, or a file's bytes, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
