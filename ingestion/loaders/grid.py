"""Finds the header among the first rows of a grid of cells. Every format with tables ends here, so that a payer list
reads the same as a PDF, a Word table, a web page, a workbook or a CSV file."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ingestion.blocks import Block, Paragraph, Table
from ingestion.loaders.column_names import is_column_name

_TIME = r"(?:\d{1,2}(?::\d\d)?\s*(?:[ap]\.?\s?m\.?|h|hrs?)?|noon|midnight)"
_VALUE = re.compile(
    r"(?ix)^\W*(?:[$€£]?\s*\d[\d.,/:\s%()+-]*\s*(?:am|pm|min|minutes|visits|days|%)?"  # amounts, dates, phones
    rf"|{_TIME}\s*(?:-|–|—|to|until|a|hasta)\s*{_TIME}(?:[\s,;&]+(?:and\s+)?{_TIME}\s*(?:-|–|—|to)\s*{_TIME})*"
    r"|closed|cerrado|by\ appointment(?:\ only)?|con\ cita"
    r"|\S+@\S+|https?://\S+|www\.\S+|yes|no|y|n|s[ií]|true|false|n/?a|none|x|✓|✔|✗|✘)\W*$"
)
_DAY = re.compile(
    r"(?i)^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?s?\b"
    r"|^(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[áa]bado|domingo)\b"
)
_SCAN = 8
_NAME_WORDS = 10
Grid = Sequence[Sequence[str]]


def blocks_of_grid(
    rows: Grid, page: int | None = None, header_rows: int | None = None, *, row_heads: bool = False
) -> Iterator[Block]:
    """The blocks of one grid: lines above the header as paragraphs, then the table.

    `header_rows` says how many first rows the format itself marks as header; None lets the content decide.
    `row_heads`: the format marks the first cell of each row as a name, so the first row need not be a header.
    """
    grid = _trim([[cell.strip() for cell in row] for row in rows])
    if not grid:
        return
    width = max(map(len, grid))
    if width == 1:
        yield from (Paragraph(row[0], page) for row in grid)
        return
    place, marked = 0, header_rows
    if header_rows is None:
        place, header_rows = find_header(grid, width, row_heads=row_heads)
        yield from (Paragraph(" ".join(filter(None, row)), page) for row in grid[:place])
        grid = grid[place:]
    if (marked is None or (row_heads and header_rows <= 1)) and _lies_on_its_side(grid, width):
        grid = [list(column) for column in zip(*(_row(row, width) for row in grid), strict=True)]
        width, header_rows = len(grid[0]), 1
    header = _join_header(grid[:header_rows], width)
    labels = [tuple(row) for row in grid[:header_rows] if len(row) == 1]
    body = [row for row in grid[header_rows:] if not header_rows or tuple(_row(row, width)) != _row(grid[0], width)]
    yield Table(header, (*labels, *(_row(row, width) for row in body)), page)


def find_header(grid: Grid, width: int, *, row_heads: bool = False) -> tuple[int, int]:
    """(index of the first header row, number of header rows); (0, 0) when the first rows already hold values."""
    for place, row in enumerate(grid[:_SCAN]):
        filled = [cell for cell in row if cell]
        if len(row) > 1 and len(filled) >= 2 and _is_upper_of_two(grid, place, width):
            return place, 2
        if len(filled) >= max(2, (width + 1) // 2) and len(row) > 1:
            names = place + 1 < len(grid) and _names(row) and not _recurs(grid, place)
            if names and (_is_named(filled) or not (row_heads or _is_pairs(grid[place:], width))):
                return place, 1
            return 0, 0
        if any(map(_VALUE.match, filled)):
            return 0, 0
    return 0, 0


def _names(cells: Sequence[str]) -> bool:
    """Whether cells can be column names: short, distinct, no amounts, dates, phones, days or yes and no, no questions.
    One cell in the corner may be empty; a row of week days can be names, a day beside its hours not."""
    filled = [cell for cell in cells if cell]
    if len({cell.casefold() for cell in filled}) < len(filled):
        return False
    if _DAY.match(filled[0]) and not all(map(_DAY.match, filled)):
        return False
    return not any(_is_value(cell) or len(cell.split()) > _NAME_WORDS or _asks(cell) for cell in filled)


def _is_value(cell: str) -> bool:
    return bool(_VALUE.match(cell)) and not is_column_name(cell)


def _asks(cell: str) -> bool:
    """Whether a cell is a question of its own; "Referral needed?" names a column."""
    return cell.endswith("?") and (len(cell.split()) > 3 or not is_column_name(cell))


def _is_named(cells: Sequence[str]) -> bool:
    """Whether each of the cells holds a word that tables use to name a column."""
    return all(map(is_column_name, cells))


def _is_pairs(grid: Grid, width: int) -> bool:
    """Whether two columns are a list of names, each with what belongs to it: such a list has no header unless its
    words say so."""
    return width == 2 and len(grid) > 1


def _recurs(grid: Grid, place: int) -> bool:
    """Whether a cell of a row stands below it in its own column again: a value does, a column's name does not.
    Rows that repeat the whole header, as on each page of a list, do not count."""
    row = [cell.casefold() for cell in grid[place]]
    below = [[cell.casefold() for cell in later] for later in grid[place + 1 :]]
    return any(
        cell and any(len(later) > column and later[column] == cell and later != row for later in below)
        for column, cell in enumerate(row)
    )


def _is_upper_of_two(grid: Grid, place: int, width: int) -> bool:
    """Whether a row and the next are one header: a name above spans the names of several columns below it."""
    if place + 2 >= len(grid):
        return False
    upper, lower = list(_row(grid[place], width)), list(_row(grid[place + 1], width))
    if len(grid[place]) == 1 or len(grid[place + 1]) == 1:
        return False
    spans = {at for at, (a, b) in enumerate(pairwise(upper), start=1) if a and (b == a or (not b and lower[at]))}
    beside = [at for at in range(width) if at not in spans and at + 1 not in spans]
    over = [at for at in range(width) if at in spans or at + 1 in spans]
    if not spans or any(lower[at] not in {"", upper[at]} for at in beside) or not all(lower[at] for at in over):
        return False
    names = [lower[at] for at in over]
    return len(set(names)) > 1 and not any(_VALUE.match(cell) for cell in (*names, *filter(None, upper)))


def _lies_on_its_side(grid: Grid, width: int) -> bool:
    """Whether the first column, not the first row, names what the cells hold: "Plan", "Status", "Referral"."""
    if width < 3 or len(grid) < 2 or any(len(row) == 1 for row in grid):
        return False
    first = [row[0] for row in grid if row[0]]
    named = [cell for cell in first if is_column_name(cell)]
    return (
        len(named) == len(first) == len(grid)
        and len(set(first)) == len(first)
        and not any(map(is_column_name, grid[0][1:]))
    )


def _join_header(rows: Grid, width: int) -> tuple[str, ...]:
    """One name per column; names on several header rows are put together, repeated ones once, and a name above
    columns that are named below spans them."""
    upper = list(_row(rows[0], width)) if rows else []
    if len(rows) > 1 and len(upper) == width:
        for at in range(1, width):
            if not upper[at] and len(rows[1]) > at and rows[1][at] and not _stands_alone(rows, at - 1):
                upper[at] = upper[at - 1]
        rows = [upper, *rows[1:]]
    columns = []
    for column in range(width):
        parts = [row[column] for row in rows if column < len(row) and row[column] and len(row) > 1]
        columns.append(" ".join(dict.fromkeys(parts)))
    return tuple(columns)


def _stands_alone(rows: Grid, at: int) -> bool:
    """Whether the name above a column has no further name below it, so that it spans nothing."""
    return len(rows[1]) <= at or not rows[1][at] or rows[1][at] == rows[0][at]


def _row(row: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(row) if len(row) == 1 else (*row, *[""] * (width - len(row)))


def _trim(grid: list[list[str]]) -> list[list[str]]:
    """The grid without empty rows and without columns that are empty in every row."""
    grid = [row for row in grid if any(row)]
    width = max((len(row) for row in grid), default=0)
    used = [column for column in range(width) if any(len(row) > column and row[column] for row in grid if len(row) > 1)]
    return [row if len(row) == 1 else [row[c] if c < len(row) else "" for c in used] for row in grid]
