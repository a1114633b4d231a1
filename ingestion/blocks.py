"""The one shape every loader yields: headings, paragraphs, lists and tables in reading order.

Loaders know file formats and chunkers know how text is quoted; this model lies between, so that neither knows the
other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is the outermost. An empty text ends the section of that level without starting one."""

    level: int
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; hard line breaks (an address) stay as newlines. `bold`: every word of it is bold."""

    text: str
    page: int | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, bulleted or numbered, nested items flattened in order, without their markers."""

    items: tuple[str, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header (empty strings where the paper gives none). A row of exactly one cell in a wider table is a
    label that spans the table ("Medicare plans") and belongs to the rows below it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    page: int | None = None


Block: TypeAlias = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader returns. `pages` is None where the format has none; `warnings` are sentences for the manager."""

    blocks: tuple[Block, ...]
    pages: int | None = None
    title: str | None = None
    warnings: tuple[str, ...] = ()


def texts(block: Block) -> Iterator[str]:
    """Every piece of text in a block, in order."""
    match block:
        case Bullets():
            yield from block.items
        case Table():
            yield from block.header
            for row in block.rows:
                yield from row
        case _:
            yield block.text
