"""Column types and defaults shared by all tables."""

from collections.abc import Callable
from datetime import UTC, datetime
from inspect import Signature
from typing import Any

from sqlalchemy import JSON, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from app.clock import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """Stores and returns aware UTC. SQLite keeps no zone: without this a time comes back naive and wrong."""

    impl = DateTime
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """For SQLite in one step: a request writes and reads some dozens of times."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """The same way back."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuses naive times."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r} must not be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Gives the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def _as_text(value: datetime | None) -> str | None:
    """`2026-11-23 08:15:00.000000`, as SQLAlchemy writes times into SQLite."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"naive time {value!r} must not be stored")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def identifier(prefix: str) -> Any:
    """A primary key: `prefix_` and 128 random bits."""
    return Field(default_factory=_factory(lambda: new_id(prefix)), primary_key=True)


def moment(*, null: bool = False, index: bool = False) -> Any:
    """A point in time, aware UTC."""
    if null:
        return Field(default=None, sa_type=UtcDateTime, index=index)
    return Field(sa_type=UtcDateTime, index=index)


def json_column(factory: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """A JSON column that starts as an empty list or object."""
    return Field(default_factory=_factory(lambda: factory()), sa_type=JSON)


def _factory(make: Callable[[], Any]) -> Callable[[], Any]:
    """Pydantic looks at a factory's signature for every row that is made. Working it out each time, for `list` and
    `dict` from their documentation, took a third of the time of making a lead."""
    make.__signature__ = Signature()  # type: ignore[attr-defined]
    return make
