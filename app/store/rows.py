"""Rows written and looked up on the session's own connection, without the unit of work: on the way of every request it
costs several times what the database itself does."""

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any, cast

from pydantic.fields import FieldInfo
from sqlalchemy import Executable, Insert, Select, Update, bindparam, func, insert, select, update
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import JSON
from sqlmodel import Session, SQLModel

from app.store.prepared import Rows, prepared


def run(session: Session, statement: Executable, **named: Any) -> Rows:
    """What a statement over columns finds, after what the session has pending. The statement is one that is made once,
    with `bindparam` for what changes; see `prepared`."""
    session.flush()
    return prepared(statement)(session, named)


def run_apart(session: Session, statement: Executable, **named: Any) -> Rows:
    """As `run`, but what the session has pending stays pending: for rows that nothing pending is about."""
    return prepared(statement)(session, named)


def insert_row(session: Session, table: type[SQLModel], **values: Any) -> dict[str, Any]:
    """Writes one row at once, so that rows which name it may follow; what is not given takes the column's default.
    Returns the whole row. Raises IntegrityError as a flush would."""
    statement, defaults = _of(table)
    row = {name: make() for name, make in defaults if name not in values}
    row |= values
    run(session, statement, **row)
    return row


def insert_made(session: Session, made: SQLModel) -> None:
    """As `insert_row`, for a row that stands as an object. The session does not follow it: what is changed on it
    afterwards is not written."""
    statement, _ = _of(type(made))
    run(session, statement, **dict(made))


def update_row(session: Session, table: type[SQLModel], row_id: str, **values: Any) -> None:
    """Sets these columns of one row, which the caller knows to be its own. The session does not hear of it: an object
    that it holds of the row stays as it was."""
    given = {f"to_{name}": value for name, value in values.items()}  # a column's own name is taken by the compiler
    run(session, _update_of(table, frozenset(values)), row_id=row_id, **given)


def each_of(name: str) -> Select[Any]:
    """For `column.in_(each_of("names"))`: the values of a list that is given by that name."""
    values = func.json_each(BindParameter(name, type_=JSON)).table_valued("value", name=name)
    return select(values.c.value)


@lru_cache(maxsize=200)
def _update_of(table: type[SQLModel], names: frozenset[str]) -> Update:
    columns = SQLModel.metadata.tables[str(table.__tablename__)]
    given: dict[str, BindParameter[Any]] = {name: bindparam(f"to_{name}") for name in sorted(names)}
    return update(columns).where(columns.c.id == bindparam("row_id")).values(given)


@cache
def _of(table: type[SQLModel]) -> tuple[Insert, list[tuple[str, Callable[[], Any]]]]:
    fields = table.model_fields
    return insert(table), [(name, _default(field)) for name, field in fields.items() if not field.is_required()]


def _default(field: FieldInfo) -> Callable[[], Any]:
    """A factory's own, or a value that nobody can change; pydantic would look at both anew for every row."""
    make, value = field.default_factory, field.default
    if make is not None:
        return cast(Callable[[], Any], make)
    if value is None or isinstance(value, str | int | float):
        return lambda: value
    return partial(field.get_default, call_default_factory=True)
