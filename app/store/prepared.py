"""Statements that are understood once and then run on the driver's own connection: on the way of every request, putting
a statement together and unpacking its rows costs several times what the database itself does."""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Executable, Insert, Select, Update
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.types import TypeEngine
from sqlcipher3 import dbapi2
from sqlmodel import Session

_DIALECT = pysqlite.dialect(paramstyle="qmark")
_OF_SESSION, _WRITING = "driver_connection", "driver_that_writes"
MOST = 500
"""How many statements are kept; there are some dozens, each made once."""
Processor = Callable[[Any], Any]
Shape = tuple[Callable[..., Any], Sequence[tuple[int, Processor]]]
_NO_ROW: Shape = (tuple, ())


class Rows:
    """What a statement found, read to its end: each row has its columns as attributes, `rowcount` are the rows that it
    changed."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows, self.rowcount = rows, rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any:
        """The first row, None without one."""
        return self._rows[0] if self._rows else None

    def scalars(self) -> list[Any]:
        """The first column of each row."""
        return [row[0] for row in self._rows]


class Prepared:
    """A statement over columns with `bindparam` for what changes; every column of an insert is given. Lists go in as
    JSON (`json_each`): a statement whose text depends on their length is refused with ValueError."""

    def __init__(self, statement: Executable) -> None:
        keys = [column.key for column in statement.table.columns] if isinstance(statement, Insert) else None
        compiled = cast(ClauseElement, statement).compile(dialect=_DIALECT, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError(f"the text of {statement.__class__.__name__} depends on what is given; use json_each")
        self.text = str(compiled)
        self._given = [_Given(compiled.binds[name]) for name in compiled.positiontup or ()]
        self._changes = isinstance(statement, Insert | Update)
        self._row, self._unpack = _row_of(statement) if isinstance(statement, Select) else _NO_ROW

    def __call__(self, session: Session, named: Mapping[str, Any]) -> Rows:
        """Runs it in the session's transaction, without flushing what the session has pending. Raises SQLAlchemy's
        errors, as `session.execute` would."""
        return self.on(_driver(session), named)

    def on(self, driver: Any, named: Mapping[str, Any]) -> Rows:
        """The same on a connection of the driver."""
        try:
            given = [one.of(named) for one in self._given]
        except (ValueError, TypeError) as problem:  # such as a time without a zone
            raise StatementError(str(problem), self.text, None, problem, hide_parameters=True) from problem
        try:
            cursor = driver.execute(self.text, given)
            rows = () if self._changes else cursor.fetchall()
        except dbapi2.Error as problem:
            raise DBAPIError.instance(
                self.text, None, problem, dbapi2.Error, hide_parameters=True, dialect=_DIALECT
            ) from problem
        return Rows([self._read(row) for row in rows], cursor.rowcount)

    def _read(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for place, processor in self._unpack:
            values[place] = processor(values[place])
        return self._row(*values)


@lru_cache(MOST)
def prepared(statement: Executable) -> Prepared:
    """The statement, made ready the first time."""
    return Prepared(statement)


class _Given:
    """One place in a statement's text: a name that the caller gives, or a value that always stands there."""

    __slots__ = ("_fixed", "_name", "_processor")

    def __init__(self, bind: BindParameter[Any]) -> None:
        self._processor = _impl(bind.type).bind_processor(_DIALECT)
        self._name = bind.key if bind.required else None
        self._fixed = None if bind.required else self._processed(bind.effective_value)

    def of(self, named: Mapping[str, Any]) -> Any:
        return self._fixed if self._name is None else self._processed(named[self._name])

    def _processed(self, value: Any) -> Any:
        return value if self._processor is None else self._processor(value)


def _row_of(statement: Select[Any]) -> Shape:
    columns = list(statement.selected_columns)
    unpack = [(place, _impl(column.type).result_processor(_DIALECT, None)) for place, column in enumerate(columns)]
    row = namedtuple("Row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]
    return row, [(place, processor) for place, processor in unpack if processor is not None]


def _impl(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    return type_.dialect_impl(_DIALECT)


def write_on(session: Session, driver: Any) -> None:
    """Statements of the session run on this connection, in whose transaction it is: nothing needs to begin before."""
    session.info[_WRITING] = driver


def _driver(session: Session) -> Any:
    """The driver's connection of the session's transaction, asked for once in each: a savepoint begins with the asking,
    so the innermost one counts."""
    nested = session.get_nested_transaction()
    writing = session.info.get(_WRITING)
    if writing is not None and nested is None:
        return writing
    inner = nested or session.get_transaction()
    known = session.info.get(_OF_SESSION)
    if known is not None and inner is not None and known[0] is inner:
        return known[1]
    driver = session.connection().connection.driver_connection
    session.info[_OF_SESSION] = (session.get_nested_transaction() or session.get_transaction(), driver)
    return driver
