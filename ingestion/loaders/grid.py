"""Finds the header among the first rows of a grid of cells. Every format with tables ends here, so that a payer list
reads the same as a PDF, a Word table, a web page, a workbook or a CSV file."""

import re
from collections.abc import Iterator, Sequence

from ingestion.blocks import Block, Paragraph, Table

_VALUE = re.compile(
    r"(?ix)^\W*(?:[$€£]?\s*\d[\d.,/:\s%()+-]*\s*(?:am|pm|min|minutes|visits|days|%)?"  # amounts, dates, phones
    r"|\S+@\S+|https?://\S+|yes|no|y|n|true|false|n/?a|none)\W*$"
)
_SCAN = 8


def blocks_of_grid(
    rows: Sequence[Sequence[str]], page: int | None = None, header_rows: int | None = None
) -> Iterator[Block]:
    """The blocks of one grid: lines above the header as paragraphs, then the table.

    `header_rows` says how many first rows the format itself marks as header; None lets the content decide.
    """
    grid = _trim([[cell.strip() for cell in row] for row in rows])
    if not grid:
        return
    width = max(map(len, grid))
    if width == 1:
        yield from (Paragraph(row[0], page) for row in grid)
        return
    if header_rows is None:
        place = find_header(grid, width)
        yield from (Paragraph(" ".join(filter(None, row)), page) for row in grid[: place or 0])
        grid = grid[place or 0 :]
        header_rows = 0 if place is None else 1
    header = _join_header(grid[:header_rows], width)
    yield Table(header, tuple(_row(row, width) for row in grid[header_rows:]), page)


def find_header(grid: Sequence[Sequence[str]], width: int) -> int | None:
    """The index of the header row; None when the first rows already hold values."""
    for place, row in enumerate(grid[:_SCAN]):
        filled = [cell for cell in row if cell]
        if len(filled) >= max(2, (width + 1) // 2) and len(row) > 1:
            return place if _names(filled) and place + 1 < len(grid) else None
        if any(map(_VALUE.match, filled)):
            return None
    return None


def _names(cells: Sequence[str]) -> bool:
    """Whether cells can be column names: short, distinct, no amounts, dates, phones or yes and no."""
    if len({cell.casefold() for cell in cells}) < len(cells):
        return False
    return not any(_VALUE.match(cell) or len(cell.split()) > 10 for cell in cells)


def _join_header(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """One name per column; names on several header rows are put together, repeated ones once."""
    columns = []
    for column in range(width):
        parts = [row[column] for row in rows if column < len(row) and row[column] and len(row) > 1]
        columns.append(" ".join(dict.fromkeys(parts)))
    return tuple(columns)


def _row(row: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(row) if len(row) == 1 else (*row, *[""] * (width - len(row)))


def _trim(grid: list[list[str]]) -> list[list[str]]:
    """The grid without empty rows and without columns that are empty in every row."""
    grid = [row for row in grid if any(row)]
    width = max((len(row) for row in grid), default=0)
    used = [column for column in range(width) if any(len(row) > column and row[column] for row in grid if len(row) > 1)]
    return [row if len(row) == 1 else [row[c] if c < len(row) else "" for c in used] for row in grid]
