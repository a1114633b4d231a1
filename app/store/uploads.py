"""The bytes of clinics' papers, encrypted: DATA_DIR/uploads/<clinic_id>/<version_id>, bound to these two ids.

A paper is sealed in one piece, not in parts: it comes as a whole, its reader takes it as a whole through a pipe, and
not a byte of it may be used before all of it is known to be genuine."""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.store.crypto import NotOurs, seal, unseal
from app.store.durable import PART, make_folder, write_durably
from app.store.keyring import Keyring

log = logging.getLogger("frontdesk.store")
MAGIC = b"FDUP\x01"
NUMBER = 4
NAME = re.compile(r"[A-Za-z0-9_-]+")


class Uploads:
    """Safe to share by threads. One change at a time, so that a rotation cannot bring back what was just removed, nor
    a backup miss it."""

    def __init__(self, root: Path, keyring: Keyring) -> None:
        self._root, self._keyring = root, keyring
        self._changing = threading.RLock()

    def put(self, clinic_id: str, version_id: str, data: bytes) -> None:
        """Keeps a paper; it is on disk when this returns. Raises OSError."""
        path = self.path(clinic_id, version_id)
        with self._changing:
            make_folder(path.parent)
            write_durably(path, self._sealed(path, data))

    def read(self, clinic_id: str, version_id: str) -> bytes:
        """The paper. Raises FileNotFoundError, and NotOurs when it was damaged or put there by someone else."""
        path = self.path(clinic_id, version_id)
        return self._opened(path, path.read_bytes())

    def remove(self, clinic_id: str, version_id: str) -> bool:
        """Whether there was something to remove. Raises OSError."""
        path = self.path(clinic_id, version_id)
        with self._changing:
            there = path.exists()
            path.unlink(missing_ok=True)
        return there

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is written or removed meanwhile."""
        with self._changing:
            yield

    def each(self) -> list[Path]:
        """Every file that is kept now."""
        return sorted(path for path in self._root.glob("*/*") if path.is_file() and path.suffix != PART)

    def seal_all(self) -> int:
        """Encrypts every file that is not yet encrypted with the current secret, one after the other; may be broken
        off and done again. Returns how many were written."""
        changed = 0
        for path in self.each():
            with self._changing:
                changed += path.exists() and self._renew(path)
        return changed

    def clear_parts(self) -> None:
        """Removes what a crash left half-written."""
        for path in self._root.glob(f"*/*{PART}"):
            path.unlink(missing_ok=True)

    def path(self, clinic_id: str, version_id: str) -> Path:
        """Where a version lies; the file's own name is never part of a path."""
        for part in (clinic_id, version_id):
            if not NAME.fullmatch(part):
                raise ValueError(f"{part!r} cannot be part of a path")
        return self._root / clinic_id / version_id

    def _renew(self, path: Path) -> bool:
        data = path.read_bytes()
        if self._is_plain(path, data):
            plain = data
        elif _number(data) == self._keyring.current:
            return False
        else:
            try:
                plain = self._opened(path, data)
            except NotOurs:
                log.error("the paper %s/%s is damaged; it is left as it is", path.parent.name, path.name)
                return False
        write_durably(path, self._sealed(path, plain))
        return True

    def _is_plain(self, path: Path, data: bytes) -> bool:
        """Only an install of the first versions has plain files, and only until they are encrypted: later one can only
        have been put there."""
        if self._keyring.uploads_sealed:
            return False
        try:
            self._opened(path, data)
        except NotOurs:
            return True
        return False

    def _sealed(self, path: Path, data: bytes) -> bytes:
        number = self._keyring.current
        head = MAGIC + number.to_bytes(NUMBER, "big")
        return head + seal(self._keyring.uploads_key(number), data, head + _place(path))

    def _opened(self, path: Path, data: bytes) -> bytes:
        number, size = _number(data), len(MAGIC) + NUMBER
        if number is None:
            raise NotOurs
        return unseal(self._keyring.uploads_key(number), data[size:], data[:size] + _place(path))


def _number(data: bytes) -> int | None:
    """The number of the secret that a sealed file names."""
    if not data.startswith(MAGIC):
        return None
    return int.from_bytes(data[len(MAGIC) : len(MAGIC) + NUMBER], "big")


def _place(path: Path) -> bytes:
    return f"{path.parent.name}/{path.name}".encode()
