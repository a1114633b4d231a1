"""What comes out of a paper, and how a paper refuses."""

from dataclasses import dataclass, field

from knowledge.types import Chunk


class Unreadable(Exception):
    """The paper cannot be read; trying again will not help. The message is a sentence for the clinic manager."""


class ParserBroke(Exception):
    """The parser itself failed (it could not start, or was killed from outside); trying again may help."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one parse: wall time in seconds, address space in MiB, pages, and size of the file in bytes."""

    seconds: float = 60.0
    memory_mib: int = 1536
    pages: int = 500
    bytes: int = 20 * 1024 * 1024
    chunks: int = 20_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A paper as chunks in reading order. `pages` is None where the format has none; `warnings` are sentences
    for the manager, such as "Page 3 has no text."."""

    media_type: str
    chunks: tuple[Chunk, ...]
    pages: int | None = None
    title: str | None = None
    warnings: tuple[str, ...] = field(default=())
