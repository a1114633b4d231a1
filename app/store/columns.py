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
