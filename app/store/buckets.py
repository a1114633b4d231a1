"""How much of each limit is used, in a small encrypted file of its own beside the database: it outlives a restart and
every thread sees it, but it may be lost, so no request waits for a disk (`synchronous=OFF`)."""

import hashlib
import hmac
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.clock import Clock
from app.errors import describe

log = logging.getLogger("frontdesk.limits")
ROUNDING_S = 0.001
"""Seconds since 1970 as floats are good to a fraction of a microsecond; many of them are added up."""
SWEEP_EVERY = 2_000
"""Requests between two sweeps of buckets that have run full again."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One request counted under `key`, which is kept as a keyed hash: `most` at once, and as many in `period_s`. A
    `reserve` is used in place of this one while it has room."""

    key: str
    most: int
    period_s: float
    reserve: "Charge | None" = None


@dataclass(frozen=True, slots=True)
class Full:
    """The charge that has no room, and the seconds until it has."""

    charge: Charge
    wait_s: float


class Buckets:
    """Every bucket is one number, the time at which it is empty of debts (the generic cell rate algorithm). A file that
    cannot be read is made anew; where none can be written, memory serves until the next start."""

    def __init__(self, path: Path | None, key: bytes, clock: Clock) -> None:
        self._path, self._key, self._clock = path, key, clock
        self._lock = threading.Lock()
        self._taken = 0
        self._file = self._open(path)

    def take(self, charges: Sequence[Charge]) -> Full | None:
        """Counts one request under every charge, or under none: then the first that is full."""
        with self._lock:
            try:
                return self._take(charges)
            except dbapi2.DatabaseError as problem:
                self._replace(problem)
                return self._take(charges)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._file.close()

    def _take(self, charges: Sequence[Charge]) -> Full | None:
        now = self._clock().timestamp()
        ids = {charge.key: self._hash(charge.key) for each in charges for charge in (each, each.reserve) if charge}
        self._file.execute("BEGIN IMMEDIATE")
        try:
            found = self._read(list(ids.values()))
            changed: dict[bytes, float] = {}
            for charge in charges:
                first = charge.reserve or charge
                due = _due(first, found.get(ids[first.key]), now)
                if due > now + first.period_s + ROUNDING_S and first is not charge:
                    first, due = charge, _due(charge, found.get(ids[charge.key]), now)
                if due > now + first.period_s + ROUNDING_S:
                    return Full(first, due - now - first.period_s)
                changed[ids[first.key]] = due
            self._write(changed, now)
            return None
        finally:
            self._file.execute("COMMIT")

    def _read(self, ids: list[bytes]) -> dict[bytes, float]:
        marks = ",".join("?" * len(ids))
        rows = self._file.execute(f"SELECT id, due FROM bucket WHERE id IN ({marks})", ids)  # noqa: S608  (marks only)
        return dict(rows.fetchall())

    def _write(self, changed: dict[bytes, float], now: float) -> None:
        upsert = "INSERT INTO bucket (id, due) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET due = excluded.due"
        self._file.executemany(upsert, list(changed.items()))
        self._taken += 1
        if self._taken % SWEEP_EVERY == 0:
            self._file.execute("DELETE FROM bucket WHERE due < ?", (now,))

    def _hash(self, key: str) -> bytes:
        return hmac.new(self._key, key.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()[:16]

    def _open(self, path: Path | None) -> Any:
        try:
            return _connect(path, self._key)
        except dbapi2.DatabaseError as problem:
            if path is None:
                raise
            log.warning("the file of limits is made anew (%s)", describe(problem))
        try:
            for part in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                part.unlink(missing_ok=True)
            return _connect(path, self._key)
        except (dbapi2.DatabaseError, OSError) as problem:
            log.error("limits are kept in memory only (%s): look at disk space and rights", describe(problem))
            return _connect(None, self._key)

    def _replace(self, problem: BaseException) -> None:
        """A full disk must not keep patients out."""
        log.error("limits are kept in memory until the next start (%s)", describe(problem))
        self._file.close()
        self._file = _connect(None, self._key)


def _due(charge: Charge, due: float | None, now: float) -> float:
    """When the bucket would be empty again with one more. One that lies further ahead than it can get comes from a
    clock that was set back since, or from other limits: it must not lock anybody out."""
    start = now if due is None or due > now + charge.period_s + ROUNDING_S else max(due, now)
    return start + charge.period_s / charge.most


def _connect(path: Path | None, key: bytes) -> Any:
    connection = dbapi2.connect(str(path or ":memory:"), isolation_level=None, check_same_thread=False, timeout=5)
    try:
        if path is not None:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS bucket (id BLOB PRIMARY KEY, due REAL NOT NULL) WITHOUT ROWID")
    except dbapi2.DatabaseError:
        connection.close()
        raise
    return connection
