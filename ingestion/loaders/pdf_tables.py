"""Tables of a PDF that are drawn with lines; a table that goes on over the page keeps its header."""

from collections.abc import Iterable, Iterator

from pdfplumber.page import Page
from pdfplumber.table import Table as PlumberTable

from ingestion.blocks import Block, Paragraph, Table
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.pdf_lines import Box, is_bold

_RULED = {"vertical_strategy": "lines", "horizontal_strategy": "lines"}
_SHAPES_MAX = 20_000


def tables_of_page(page: Page, number: int) -> list[tuple[Box, Table]]:
    """The tables of a page from top to bottom, each with its place."""
    if len(page.rects) + len(page.lines) + len(page.curves) > _SHAPES_MAX:
        return []  # a drawing, not a table: looking for cells in it would take minutes
    found = []
    for table in page.find_tables(_RULED):
        for block in _read(table, number, 1 if _bold_header(page, table) else None):
            found.append((table.bbox, block))
    return sorted(found, key=lambda pair: (pair[0][1], pair[0][0]))


def _bold_header(page: Page, table: PlumberTable) -> bool:
    """Whether the first row is set in bold and the second is not, as a header is and a list of names is not."""
    bold = []
    for row in table.rows[:2]:
        x0, top, x1, bottom = row.bbox
        inside = [
            char
            for char in page.chars
            if x0 <= char["x0"] <= x1 and top <= (char["top"] + char["bottom"]) / 2 <= bottom and char["text"].strip()
        ]
        bold.append(bool(inside) and all(is_bold(char["fontname"]) for char in inside))
    return bold == [True, False] and len([cell for cell in table.rows[0].cells if cell]) > 1


def _read(table: PlumberTable, number: int, header_rows: int | None) -> Iterator[Table]:
    """The table. Frames with one column are none: `pdf_aligned` looks for columns of words in them."""
    grid = _grid(table)
    full = [row for row in grid if sum(map(bool, row)) > 1]
    if len(full) < 2:
        return
    labels: list[tuple[str, ...]] = []
    for block in blocks_of_grid(grid, number, header_rows):
        if isinstance(block, Table):
            yield Table(block.header, (*labels, *block.rows), number)
        elif isinstance(block, Paragraph):  # lines above the header: kept as a label that spans the table
            labels.append((block.text,))


def _grid(table: PlumberTable) -> list[list[str]]:
    """The texts of all cells. A cell over several rows or columns stands in each; one over all is a row of one."""
    texts = table.extract()
    boxes = [
        (cell, " ".join((text or "").split()))
        for row, line in zip(table.rows, texts, strict=True)
        for cell, text in zip(row.cells, line, strict=True)
        if cell is not None
    ]
    columns = sorted({round(cell[0]) for cell, _ in boxes})
    grid = []
    for row in table.rows:
        y = (row.bbox[1] + row.bbox[3]) / 2
        across = [(cell, text) for cell, text in boxes if cell[1] <= y <= cell[3]]
        if len(across) == 1 and len(columns) > 1:
            grid.append([across[0][1]])
        else:
            grid.append([_at(x + 2, across) for x in columns])
    return grid


def _at(x: float, cells: Iterable[tuple[Box, str]]) -> str:
    return next((text for cell, text in cells if cell[0] - 1 <= x <= cell[2]), "")


def join_tables(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks with each table that continues on the next page joined to its beginning, page by page: the part keeps its
    own page and gets the header of the first."""
    last: Table | None = None
    for block in blocks:
        if isinstance(block, Table):
            if last and block.page and last.page and block.page == last.page + 1 and _continues(last, block):
                same = tuple(map(str.casefold, block.header)) == tuple(map(str.casefold, last.header))
                first = () if same or not any(block.header) else (block.header,)  # its first row looked like a header
                block = Table(last.header, first + block.rows, block.page)
            last = block
        else:
            last = None
        yield block


def _continues(last: Table, block: Table) -> bool:
    """Whether a table at the top of a page goes on with the one before: nothing stands between them and they have the
    same number of columns."""
    return len(block.header) == len(last.header)
