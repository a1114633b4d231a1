"""The cells of an HTML table as a plain grid, with spans filled in."""

from collections.abc import Callable

from bs4 import Tag

_SPAN_MAX = 100


def is_layout(table: Tag) -> bool:
    """Whether a table only places things on the page: it holds blocks of text and names no columns."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if table.find("th") is not None:
        return False
    return table.find(["table", "h1", "h2", "h3", "h4", "h5", "h6", "details"]) is not None or all(
        len(_own_cells(row)) < 2 for row in _own_rows(table)
    )


def cell_rows(table: Tag, words: Callable[[Tag], str]) -> tuple[list[list[str]], int | None]:
    """The grid of texts, and how many first rows are header (None: the markup does not say).

    A cell over several rows or columns stands in each of them; one over the whole width is a row of one cell.
    """
    grid: list[list[str]] = []
    pending: dict[int, tuple[int, str]] = {}
    header_rows, counting = 0, True
    for row in _own_rows(table):
        cells = _own_cells(row)
        counting = counting and bool(cells) and all(cell.name == "th" for cell in cells)
        header_rows += counting
        grid.append(_spread(cells, pending, words))
    width = max(map(len, grid), default=0)
    alone = [len(_own_cells(row)) == 1 for row in _own_rows(table)]
    lines = [
        line[:1] if single and width > 1 and len(line) == width and len(set(line)) == 1 else line
        for line, single in zip(grid, alone, strict=True)
    ]
    return lines, header_rows or None


def bold_header(table: Tag) -> bool:
    """Whether all words of the first row are bold and those of the second are not."""
    bold = []
    for row in _own_rows(table)[:2]:
        cells = [cell for cell in _own_cells(row) if cell.get_text(strip=True)]
        said = ["".join(part.get_text(strip=True) for part in cell.find_all(["b", "strong"])) for cell in cells]
        bold.append(len(cells) > 1 and all(b == cell.get_text(strip=True) for b, cell in zip(said, cells, strict=True)))
    return bold == [True, False]


def has_row_heads(table: Tag) -> bool:
    """Whether each row begins with a header cell of its own."""
    rows = [cells for row in _own_rows(table) if (cells := _own_cells(row))]
    return bool(rows) and all(
        cells[0].name == "th" and any(cell.name == "td" for cell in cells[1:]) for cells in rows if len(cells) > 1
    )


def _spread(cells: list[Tag], pending: dict[int, tuple[int, str]], words: Callable[[Tag], str]) -> list[str]:
    """One row of the grid; `pending` holds, by column, the cells of rows above that reach down into it."""
    line: list[str] = []

    def take_pending() -> None:
        while len(line) in pending:
            left, text = pending.pop(len(line))
            if left > 1:
                kept[len(line)] = (left - 1, text)
            line.append(text)

    kept: dict[int, tuple[int, str]] = {}
    for cell in cells:
        take_pending()
        text, down = words(cell), _span(cell, "rowspan")
        for _ in range(_span(cell, "colspan")):
            if down > 1:
                kept[len(line)] = (down - 1, text)
            line.append(text)
    take_pending()
    pending.clear()
    pending.update(kept)
    return line


def _own_rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def _own_cells(row: Tag) -> list[Tag]:
    return [cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), _SPAN_MAX) if value.isdigit() and value.isascii() else 1
