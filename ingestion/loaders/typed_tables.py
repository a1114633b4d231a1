"""Tables that are typed with nothing but spaces, tabs, bars or dots between their cells."""

import re
from collections.abc import Iterator, Sequence

from ingestion.blocks import Block, Table
from ingestion.loaders.aligned import aligned_tables
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.line import Line

_GAP = re.compile(r"(?<=[^\s.!?:]) {2,}(?=\S)|(?<=[.!?:]) {3,}(?=\S)")
_DOTS = re.compile(r"^\s*(\S.*?)[ \t]*(?:\.[ \t]?){3,}[ \t]*([^\s.].*)$")
_RULER = re.compile(r"^[\s|+:=\-]*[|+:=\-]{2}[\s|+:=\-]*$")
_MIN_ROWS = 2
_LONGEST = 500  # characters: a longer line is no row of a table


def parts_of_text(text: str) -> Iterator[str | Block]:
    """A text as tables and the texts between them, in order."""
    lines = text.split("\n")
    loose: list[str] = []
    place = 0
    while place < len(lines):
        count, grid = _table_at(lines, place)
        if count:
            if loose:
                yield from _by_columns(loose)
            loose = []
            yield from blocks_of_grid(grid)
            place += count
        else:
            loose.append(lines[place])
            place += 1
    if loose:
        yield from _by_columns(loose)


def _table_at(lines: Sequence[str], place: int) -> tuple[int, list[list[str]]]:
    """(number of lines, cells) of a table with written separators that starts here; (0, []) when none does."""
    if len(lines[place]) > _LONGEST:
        return 0, []
    for cells_of in (_bars, _tabs, _dots):
        grid: list[list[str]] = []
        count = 0
        for at in range(place, len(lines)):
            line = lines[at][: _LONGEST + 1]
            if len(line) > _LONGEST:
                break
            ruler = cells_of is _bars and bool(_RULER.match(line)) and any(sign in line for sign in "|+")
            if ruler and at > place and _RULER.match(lines[at - 1]):
                break
            cells = [] if ruler else cells_of(line)
            if not ruler and (len(cells) < 2 or (grid and len(cells) != len(grid[0]))):
                break
            grid += [cells] if cells else []
            count += 1
        if len(grid) >= _MIN_ROWS:
            return count, grid
    return 0, []


def _bars(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.count("|") else []


def _tabs(line: str) -> list[str]:
    cells = [cell.strip() for cell in re.split(r"\t+", line.strip())] if "\t" in line else []
    return cells if all(cells) else []


def _dots(line: str) -> list[str]:
    found = _DOTS.match(line) if line.strip()[-1:].isalnum() or line.strip()[-1:] in ")%" else None
    return [found[1].strip(), found[2].strip()] if found else []


def _by_columns(lines: Sequence[str]) -> Iterator[str | Block]:
    """Tables whose cells stand below each other, and what is between them."""
    parts = aligned_tables([_line(line, place) for place, line in enumerate(lines) if line.strip()], 1.0)
    used = {int(part.top) for part in parts if isinstance(part, Line)}
    if len(used) == sum(bool(line.strip()) for line in lines):
        yield "\n".join(lines)
        return
    tables = [part for part in parts if not isinstance(part, Line)]
    loose: list[str] = []
    inside = False
    for place, line in enumerate(lines):
        if line.strip() and place not in used:
            if not inside:
                yield "\n".join(loose)
                loose = []
                yield from _leading(tables)
            inside = True
        elif line.strip() or not inside:
            inside = False
            loose.append(line)
    yield "\n".join(loose)


def _leading(tables: list[Block]) -> Iterator[Block]:
    """The blocks of the next table: paragraphs above its header, and itself."""
    while tables:
        block = tables.pop(0)
        yield block
        if isinstance(block, Table):
            return


def _line(line: str, place: int) -> Line:
    """A line of text with one character as one point, so that it is read like a line of a PDF."""
    line = line.expandtabs(8)
    starts = [0, *(found.end() for found in _GAP.finditer(line))]
    ends = [*(found.start() for found in _GAP.finditer(line)), len(line)]
    cells = [(float(a), float(b), line[a:b].strip()) for a, b in zip(starts, ends, strict=True)]
    indent = len(line) - len(line.lstrip())
    cells[0] = (float(indent), cells[0][1], cells[0][2])
    return Line(float(indent), float(place), float(len(line)), place + 1.0, 1.0, False, 0, cells)
