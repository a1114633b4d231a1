"""The database: encrypted SQLite, many readers, and one door for writes."""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.session import JoinTransactionMode
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2
from sqlmodel import Session

from app.errors import FrontdeskError, Misconfigured, Unavailable, describe
from app.store.database_file import connection_to, copy_into, put_in_place, rekeyed_copy
from app.store.gate import Gate
from app.store.prepared import Rows, prepared, write_on

log = logging.getLogger("frontdesk.store")
T = TypeVar("T")
READING = "frontdesk_reading"
GROUP_LIMIT = 64
"""Works that may share one commit. One fsync costs about 4 ms, so a busy second still commits thousands."""


@dataclass(slots=True)
class _Entry:
    work: Callable[[Session], Any]
    future: "Future[Any]"
    alone: bool = False
    """Not a work for a session: it is called without one, and nothing is written meanwhile."""
    result: Any = None
    error: BaseException | None = None


class Database:
    """One SQLCipher file in WAL mode with `synchronous=FULL`.

    `read()` gives a session for reading. `write(work)` runs `work(session)` on the one writer thread and returns what
    it returned, after COMMIT. Several works share a commit, each in a session and a savepoint of its own: `work` must
    do no other I/O, and its objects must not be used outside it, so it returns plain values."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._use(key)
        self._gate = Gate()
        self._entries: queue.Queue[_Entry | None] = queue.Queue()
        self._closed = False
        self._door = threading.Lock()
        self._writing: Connection | None = None
        """The writer's own connection: nobody else writes, so its cache of pages stays good from one commit to the
        next. Readers lose theirs with each."""
        self._writer = threading.Thread(target=self._serve, name="database-writer", daemon=True)

    @property
    def key(self) -> bytes:
        """What the file is encrypted with now."""
        return self._key

    @property
    def waiting(self) -> int:
        """How many works wait for the writer."""
        return self._entries.qsize()

    @property
    def engine(self) -> Engine:
        """For migrations only, before `open`."""
        return self._engine

    def _use(self, key: bytes) -> None:
        self._key = key
        self._engine = _engine(self.path, key)
        self._readers = self._engine.execution_options(**{READING: True})

    def open(self) -> None:
        """Starts the writer. Raises Misconfigured when the key does not fit the file."""
        check_key(self._engine, self.path)
        self._writer.start()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading: a consistent snapshot while it is open. Inside a `write`, it does not see what that
        write has done so far."""
        with self._gate.inside(), Session(self._readers) as session:
            try:
                yield session
            except (DatabaseError, NoConnection) as problem:
                if not _is_storage(problem):
                    raise
                raise _storage_failed(problem) from problem

    def look(self, statement: Executable, **named: Any) -> Rows:
        """What one statement finds, as `store.rows.run` would: a snapshot of its own, without a session around it. For
        what every request asks. Raises Unavailable when storage fails."""
        with self._gate.inside():
            try:
                with closing(self._engine.raw_connection()) as connection:
                    return prepared(statement).on(connection.driver_connection, named)
            except (DatabaseError, NoConnection) as problem:
                if not _is_storage(problem):
                    raise
                raise _storage_failed(problem) from problem

    def write(self, work: Callable[[Session], T]) -> T:
        """Runs `work` and returns its result once it is durable. Raises what `work` raised, or Unavailable when
        storage fails: then nothing of it was kept."""
        return self._enter(_Entry(work, Future()))  # type: ignore[no-any-return]

    def copy_to(self, path: Path) -> None:
        """An encrypted copy of one moment, with the same key; reading and writing go on. Raises Unavailable."""
        with self._gate.inside(), storage_errors(), closing(connection_to(self.path, self._key)) as connection:
            copy_into(connection, path)

    def rekey(self, key: bytes) -> None:
        """Encrypts the whole database with another key; what is written meanwhile waits, and at the end reading does
        for a moment. Raises Unavailable, and then the old key holds."""
        self._enter(_Entry(lambda _: self._rekey(key), Future(), alone=True))

    def _enter(self, entry: _Entry) -> Any:
        with self._door:  # nothing may queue up behind the end: it would wait for ever
            if self._closed:
                raise Unavailable("The desk is shutting down.")
            self._entries.put(entry)
        return entry.future.result()

    def _rekey(self, key: bytes) -> None:
        """On the writer's thread."""
        with storage_errors():
            staged = rekeyed_copy(self.path, self._key, key)
            with self._gate.closed():
                self._let_go()
                self._engine.dispose()
                put_in_place(self.path, self._key, staged)
                self._use(key)
                check_key(self._engine, self.path)

    def close(self) -> None:
        """Finishes the writes that were asked for, then closes."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._entries.put(None)
        if self._writer.is_alive():
            self._writer.join(timeout=30)
        self._engine.dispose()

    def _serve(self) -> None:
        entry = self._entries.get()
        while entry is not None:
            following: list[_Entry | None] = []
            if entry.alone:
                _run_alone(entry)
            else:
                group, following = self._collect(entry)
                self._commit(group)
            entry = following[0] if following else self._entries.get()
        self._let_go()

    def _collect(self, first: _Entry) -> tuple[list[_Entry], list[_Entry | None]]:
        """What shares a commit with `first`, and what was taken from the queue after it, if anything was."""
        group = [first]
        while len(group) < GROUP_LIMIT:
            try:
                entry = self._entries.get_nowait()
            except queue.Empty:
                break
            if entry is None or entry.alone:
                return group, [entry]
            group.append(entry)
        return group, []

    def _commit(self, group: list[_Entry]) -> None:
        try:
            self._writing = self._writing or self._engine.connect()
            with self._writing.begin() as whole:
                for entry in group:
                    _run(self._writing, entry, shared=len(group) > 1)
                if all(entry.error for entry in group):
                    whole.rollback()
        except BaseException as problem:  # the thread must live on: it is the only writer
            self._let_go()
            failed = _storage_failed(problem) if isinstance(problem, DBAPIError | NoConnection) else problem
            for entry in group:
                entry.error = entry.error or failed
        for entry in group:
            if entry.error is None:
                entry.future.set_result(entry.result)
            else:
                entry.future.set_exception(entry.error)

    def _let_go(self) -> None:
        """The next commit gets a new one."""
        if self._writing is not None:
            with suppress(DatabaseError):
                self._writing.close()
            self._writing = None


def _run_alone(entry: _Entry) -> None:
    try:
        entry.future.set_result(entry.work(None))  # type: ignore[arg-type]
    except BaseException as problem:  # the thread must live on
        entry.future.set_exception(problem)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Errors of the file and the disk as Unavailable."""
    try:
        yield
    except (DBAPIError, NoConnection, dbapi2.Error, OSError) as problem:
        raise _storage_failed(problem) from problem


def _run(connection: Connection, entry: _Entry, *, shared: bool) -> None:
    """Alone, a work needs no savepoint: what it did is the whole transaction. The savepoint is set on the driver; the
    session begins one of its own inside when the mapper is used, which most works do without."""
    driver = connection.connection.driver_connection
    mode: JoinTransactionMode = "create_savepoint" if shared else "rollback_only"
    with Session(connection, join_transaction_mode=mode, expire_on_commit=False) as session:
        write_on(session, driver)
        try:
            if shared:
                _tell(driver, "SAVEPOINT work")
            entry.result = entry.work(session)
            if session.in_transaction():
                session.commit()
            if shared:
                _tell(driver, "RELEASE work")
        except Exception as problem:
            session.rollback()
            if _is_storage(problem):
                raise  # the whole group fails together
            entry.error = problem
            if shared:
                _tell(driver, "ROLLBACK TO work")
                _tell(driver, "RELEASE work")


def _tell(driver: Any, command: str) -> None:
    """Raises as SQLAlchemy would, without its way there, which each request would go several times."""
    try:
        driver.execute(command)
    except dbapi2.Error as problem:
        raise DBAPIError.instance(command, None, problem, dbapi2.Error) from problem


def _is_storage(problem: Exception) -> bool:
    """The file, the disk or the pool; not a mistake in one statement. A damaged page is a plain DatabaseError."""
    return isinstance(problem, OperationalError | NoConnection) or type(problem) is DatabaseError


def _storage_failed(problem: BaseException) -> FrontdeskError:
    """Visitors may read the message; what the operator needs is in the log. The driver's own text could quote rows."""
    log.error("storage failed (%s): look at disk space and rights of the data folder", describe(problem))
    return Unavailable("This cannot be saved or looked up right now.", "Please try again in a moment.")


def _engine(path: Path, key: bytes) -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=partial(connection_to, path, key),
        module=dbapi2,
        poolclass=QueuePool,
        pool_size=16,
        max_overflow=48,
        pool_use_lifo=True,  # few connections that are warm, not sixteen in turn
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # the driver is in autocommit; SQLAlchemy's own BEGIN is missing there
        writing = threading.current_thread().name == "database-writer"
        immediate = writing and not connection.get_execution_options().get(READING)  # or it would wait for itself
        _tell(connection.connection.driver_connection, "BEGIN IMMEDIATE" if immediate else "BEGIN")

    @event.listens_for(engine, "connect")
    def _overwrite(connection: Any, _record: Any) -> None:  # what is deleted leaves no bytes in the file's pages
        connection.execute("PRAGMA secure_delete = ON")

    return engine


def check_key(engine: Engine, path: Path) -> None:
    """Reads the file's first page and sets WAL. Raises Misconfigured when the key is wrong."""
    try:
        with closing(engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
            cursor.execute("PRAGMA journal_mode = WAL").fetchone()
            cursor.close()
    except (dbapi2.DatabaseError, DBAPIError):
        raise Misconfigured(
            f"The database {str(path)!r} cannot be opened with this master key.",
            "Give the FRONTDESK_MASTER_KEY that made it, or choose an empty FRONTDESK_DATA_DIR.",
        ) from None
