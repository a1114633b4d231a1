"""How much work the database has with something, counted, so that a busy machine does not matter."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from app.store.session import Database


def steps(database: Database, work: Callable[[Session], object]) -> int:
    """Instructions that SQLite carries out for `work`."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    def watch(connection: Any, on: bool) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count if on else None, 1)

    def begin(connection: Any) -> None:
        watch(connection, True)

    event.listen(database.engine, "begin", begin)
    try:
        database.write(work)
    finally:
        event.remove(database.engine, "begin", begin)
        database.write(lambda s: watch(s.connection(), False))
    return counted[0]
