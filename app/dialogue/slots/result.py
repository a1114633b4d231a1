"""What a parser gets and gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What reading a value needs to know: the clinic's day, its payers (alias in lower case -> name), the region of
    phone numbers without a country code, and the options of a choice."""

    today: date
    payers: Mapping[str, str] = field(default_factory=dict)
    region: str = "US"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """The normal form, JSON-able."""

    value: Any


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why it could not be read: a key under `rejected` in the wording files."""

    reason: str


Parser = Callable[[str, ParseContext], Parsed | Rejected]
