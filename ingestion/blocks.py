"""The one shape every loader yields: headings, paragraphs, lists and tables in reading order.

Loaders know file formats and chunkers know how text is quoted; this model lies between, so that neither knows the
other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is the outermost. An empty text ends the section of that level without starting one.
    `notes` of any block are the footnotes that its marks point to, each with its mark in front."""

    level: int
    text: str
    page: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; hard line breaks (an address) stay as newlines. `bold`: every word of it is bold."""

    text: str
    page: int | None = None
    bold: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, bulleted or numbered, nested items flattened in order, without their markers. `indents` says how far
    each item stands to the right (points; a deeper level at least 7 further), `marks` how each was marked in the paper
    ("•", "2.", "*"); both empty where the format does not tell."""

    items: tuple[str, ...]
    page: int | None = None
    indents: tuple[float, ...] = ()
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def entries(self) -> list[tuple[str, float, str]]:
        """(item, indent, mark) of each item."""
        indents = self.indents or (0.0,) * len(self.items)
        return list(zip(self.items, indents, self.marks or ("",) * len(self.items), strict=True))

    def with_entries(self, entries: "Sequence[tuple[str, float, str]]") -> "Bullets":
        """The same list with other items."""
        items, indents, marks = zip(*entries, strict=True) if entries else ((), (), ())
        return replace(self, items=items, indents=indents, marks=marks)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header (empty strings where the paper gives none). A row of exactly one cell in a wider table is a
    label that spans the table ("Medicare plans") and belongs to the rows below it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    page: int | None = None
    notes: tuple[str, ...] = ()


Block: TypeAlias = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader returns. `pages` is None where the format has none; `warnings` are sentences for the manager.
    `changed` is the day of the last change that the file's properties tell."""

    blocks: tuple[Block, ...]
    pages: int | None = None
    title: str | None = None
    warnings: tuple[str, ...] = ()
    changed: date | None = None


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
