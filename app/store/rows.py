"""Rows written and looked up on the session's own connection, without the unit of work: on the way of every request it
costs several times what the database itself does."""

from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Executable, Insert, insert
from sqlmodel import Session, SQLModel


def run(session: Session, statement: Executable, **named: Any) -> CursorResult[Any]:
    """The result of a statement over columns, after what the session has pending. Statements that are made once, with
    `bindparam` for what changes, need not be understood anew each time."""
    session.flush()
    return session.connection().execute(statement, named)


def insert_row(session: Session, table: type[SQLModel], **values: Any) -> dict[str, Any]:
    """Writes one row at once, so that rows which name it may follow; what is not given takes the column's default.
    Returns the whole row. Raises IntegrityError as a flush would."""
    statement, defaults = _of(table)
    row = {name: field.get_default(call_default_factory=True) for name, field in defaults if name not in values}
    row |= values
    run(session, statement, **row)
    return row


def insert_made(session: Session, made: SQLModel) -> None:
    """As `insert_row`, for a row that stands as an object. The session does not follow it: what is changed on it
    afterwards is not written."""
    statement, _ = _of(type(made))
    run(session, statement, **dict(made))


@cache
def _of(table: type[SQLModel]) -> tuple[Insert, list[tuple[str, Any]]]:
    fields = table.model_fields
    return insert(table), [(name, field) for name, field in fields.items() if not field.is_required()]
