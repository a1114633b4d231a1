"""Tables without ruled lines, only columns of words that stand below each other, in a PDF or a typed text."""

from collections.abc import Sequence

from ingestion.blocks import Block, Table
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.line import Line
from ingestion.loaders.markers import is_lone_marker, unmark

_MIN_ROWS = 3
_WORDS_PER_CELL = 6
Part = Line | Block
Span = tuple[float, float]


def aligned_tables(parts: Sequence[Part], body: float) -> list[Part]:
    """The parts with each run of aligned rows replaced by a table."""
    result: list[Part] = []
    place = 0
    while place < len(parts):
        run, columns = _run(parts, place, body)
        rows = [line for line in run if len(line.cells) > 1]
        if len(rows) >= _MIN_ROWS and _is_table(rows):
            result += _blocks(run, columns)
            place += len(run)
        else:
            result.append(parts[place])
            place += 1
    return result


def _run(parts: Sequence[Part], start: int, body: float) -> tuple[list[Line], list[Span]]:
    """The lines from `start` on that share columns, and the columns. A line with words in one later column only
    goes on with the cell above."""
    run: list[Line] = []
    columns: list[Span] = []
    for place in range(start, len(parts)):
        part = parts[place]
        if not isinstance(part, Line) or unmark(part.text) is not None or is_lone_marker(part.cells[0][2]):
            break
        if run and not 0 < part.bottom - run[-1].bottom < 3.2 * max(part.size, body):
            break
        if len(part.cells) == 1 and (not run or not _wraps(part, run[-1], columns)):
            break
        merged = _merge([*columns, *[(x0, x1) for x0, x1, _ in part.cells]])
        grown = len({_column(x0, x1, merged) for x0, x1 in columns}) < len(columns)
        checked = [*run, part] if grown else [part]  # lines before stay apart as long as no two columns became one
        if any(len({_column(x0, x1, merged) for x0, x1, _ in line.cells}) < len(line.cells) for line in checked):
            break
        run, columns = [*run, part], merged
    return run, columns


def _wraps(line: Line, above: Line, columns: Sequence[Span]) -> bool:
    hit = [place for place, (x0, x1) in enumerate(columns) if line.x0 < x1 and x0 < line.x1]
    return len(hit) == 1 and hit[0] > 0 and line.bottom - above.bottom <= 1.6 * line.size


def _merge(spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap, put together, from left to right."""
    merged: list[Span] = []
    for x0, x1 in sorted(spans):
        if merged and x0 < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _column(x0: float, x1: float, columns: Sequence[Span]) -> int:
    return next(place for place, column in enumerate(columns) if column[0] <= x0 and x1 <= column[1])


def _is_table(rows: Sequence[Line]) -> bool:
    """Whether aligned stretches are cells: two columns of running text have far more words in each."""
    cells = [text for row in rows for _, _, text in row.cells]
    return sum(len(text.split()) for text in cells) <= _WORDS_PER_CELL * len(cells) and all(
        any(char.isalnum() for char in row.text) for row in rows
    )


def _blocks(run: Sequence[Line], columns: Sequence[Span]) -> list[Block]:
    grid: list[list[str]] = []
    for line in run:
        wraps = len(line.cells) == 1
        row = grid[-1] if wraps else [""] * len(columns)
        for x0, x1, text in line.cells:
            column = _column(x0, x1, columns)
            row[column] = f"{row[column]} {text}".strip()
        if not wraps:
            grid.append(row)
    bold_header = run[0].bold and not run[1].bold
    blocks = list(blocks_of_grid(grid, run[0].page or None, header_rows=1 if bold_header else None))
    return [block for block in blocks if not isinstance(block, Table) or block.rows]
