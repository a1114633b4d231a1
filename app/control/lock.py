"""The lock on a data folder: held by the one process that may touch it, freed by the system when that process dies."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from app.errors import Misconfigured

LOCK = "owner.lock"
LOOKS = 10
"""Tries to take the lock: a process that only looks whether it is held holds it for a moment itself."""


class DataDirLock:
    """Use as a context manager. `acquire` raises Misconfigured when another process owns the folder."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / LOCK
        self._fd: int | None = None

    def try_acquire(self) -> bool:
        """Takes the lock; False when another process holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        os.truncate(fd, 0)
        os.write(fd, f"{os.getpid()}\n".encode())
        self._fd = fd
        return True

    def is_held(self) -> bool:
        """Whether some process holds the lock now. Touches nothing."""
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # not there, or not ours: others say which
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    def acquire(self) -> None:
        """Takes the lock. Raises Misconfigured that names the owner's process id."""
        for _ in range(LOOKS):
            if self.try_acquire():
                return
            time.sleep(0.02)
        else:
            raise Misconfigured(
                f"Process {self.owner()} already serves the data folder {str(self._path.parent)!r}.",
                "Stop it first, or choose another FRONTDESK_DATA_DIR.",
            )

    def owner(self) -> str:
        """The process id that the owner wrote, or `?`."""
        try:
            return self._path.read_text(encoding="ascii").strip() or "?"
        except OSError:
            return "?"

    def release(self) -> None:
        """Frees the folder. The file stays: removing it would let two processes hold two locks."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
