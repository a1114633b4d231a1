"""Tables of a PDF that have no ruled lines, only columns that start at the same place on every row."""

from collections.abc import Iterator, Sequence

from ingestion.blocks import Block, Table
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.lines import is_lone_marker, unmark
from ingestion.loaders.pdf_lines import Line

_MIN_ROWS = 3
_WORDS_PER_CELL = 12
Part = Line | Block


def aligned_tables(parts: Sequence[Part], body: float) -> list[Part]:
    """The parts with each run of aligned rows replaced by a table."""
    result: list[Part] = []
    place = 0
    while place < len(parts):
        run = list(_run(parts[place:], body))
        rows = [line for line in run if len(line.cells) > 1]
        if len(rows) >= _MIN_ROWS and _is_table(rows):
            result += _blocks(run)
            place += len(run)
        else:
            result.append(parts[place])
            place += 1
    return result


def _run(parts: Sequence[Part], body: float) -> Iterator[Line]:
    """Lines from the first one on that stand in its columns; a line that only goes on inside one cell belongs too."""
    first = parts[0]
    if not isinstance(first, Line) or len(first.cells) < 2 or is_lone_marker(first.cells[0][1]):
        return
    columns = [x for x, _ in first.cells]
    last = first
    for part in parts:
        if not isinstance(part, Line) or part.page != first.page:
            return
        near = part is first or 0 < part.bottom - last.bottom < 3.2 * max(part.size, body)
        if not near or unmark(part.text) is not None or not all(_column(x, columns) is not None for x, _ in part.cells):
            return
        wraps = len(part.cells) == 1
        if wraps and (_column(part.x0, columns) == 0 or part.bottom - last.bottom > 1.6 * part.size):
            return
        yield part
        last = part


def _column(x: float, columns: Sequence[float]) -> int | None:
    return next((place for place, start in enumerate(columns) if abs(x - start) <= 6), None)


def _is_table(rows: Sequence[Line]) -> bool:
    """Whether aligned stretches are cells: two columns of running text have far more words in each."""
    cells = [text for row in rows for _, text in row.cells]
    return sum(len(text.split()) for text in cells) <= _WORDS_PER_CELL * len(cells) and all(
        any(char.isalnum() for char in text) for text in cells[:6]
    )


def _blocks(run: Sequence[Line]) -> list[Block]:
    columns = [x for x, _ in run[0].cells]
    grid: list[list[str]] = []
    for line in run:
        wraps = len(line.cells) == 1 and grid
        row = grid[-1] if wraps else [""] * len(columns)
        for x, text in line.cells:
            column = _column(x, columns) or 0
            row[column] = f"{row[column]} {text}".strip()
        if not wraps:
            grid.append(row)
    bold_header = run[0].bold and not run[1].bold
    blocks = list(blocks_of_grid(grid, run[0].page, header_rows=1 if bold_header else None))
    return [block for block in blocks if not isinstance(block, Table) or block.rows]
