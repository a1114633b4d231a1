"""Tables as files: CSV (and its kin with other separators) and Excel workbooks."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from ingestion.blocks import Block, Heading, Loaded, Table
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.text import decode
from ingestion.types import ParseLimits, Unreadable

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

_SEPARATORS = ",;\t|"


def load_csv(data: bytes, filename: str, limits: ParseLimits) -> Loaded:
    """One table of a CSV file in any of the usual separators and encodings."""
    text = decode(data).replace("\0", "")
    csv.field_size_limit(limits.bytes)
    try:
        rows = _read(text, _separator(text))
    except csv.Error as error:
        raise Unreadable(f"{filename!r} is not a readable CSV table. Please export it again as CSV.") from error
    _check_rows(len(rows), filename, limits)
    return Loaded(tuple(blocks_of_grid(rows)))


def _read(text: str, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True))


def _separator(text: str) -> str:
    """The separator that cuts the first lines into the most even rows; a comma when none does."""
    sample = text[:20_000]

    def evenness(separator: str) -> float:
        try:
            widths = [len(row) for row in _read(sample, separator) if row][:50]
        except csv.Error:
            return 0
        usual = max(set(widths), key=widths.count, default=0)
        return 0 if usual < 2 else widths.count(usual) / len(widths) + usual / 1000

    best = max(_SEPARATORS, key=evenness)
    return best if evenness(best) else ","


def _check_rows(count: int, filename: str, limits: ParseLimits) -> None:
    if count > limits.chunks:
        raise Unreadable(
            f"{filename!r} has {count} rows and the limit is {limits.chunks}. Please split it into smaller files."
        )


def load_xlsx(data: bytes, filename: str, limits: ParseLimits) -> Loaded:
    """The visible rows of every visible sheet; the sheet's name is the heading when there are several."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        raise Unreadable(f"{filename!r} is damaged. Please open it in Excel and save it again.") from error
    changed = book.properties.modified.date() if book.properties.modified else None
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    warnings = [f"Sheet {name!r} is hidden and was left out." for name in hidden]
    blocks: list[Block] = []
    for sheet in sheets:
        _check_rows(sheet.max_row, filename, limits)
        found = list(_blocks_of_sheet(sheet, warnings))
        if found and (len(sheets) > 1 or not re.fullmatch(r"(?i)(?:sheet|hoja|tabelle)\s*\d*", sheet.title)):
            blocks.append(Heading(1, sheet.title))
        blocks += found
    return Loaded(tuple(blocks), title=book.properties.title or None, warnings=tuple(warnings), changed=changed)


def _blocks_of_sheet(sheet: "Worksheet", warnings: list[str]) -> Iterator[Block]:
    """Blank rows part the tables of a sheet; a later part without a header of its own goes on under the first one."""
    header: tuple[str, ...] = ()
    for part, bold in _parts(sheet, warnings):
        several = [sum(map(bool, row)) > 1 for row in part]
        place = several.index(True) if True in several else None
        marked = place is not None and place + 1 < len(part) and bold[place] and not bold[place + 1]
        if marked and place:
            yield from blocks_of_grid([[next(filter(None, row), "")] for row in part[:place]])
        for block in blocks_of_grid(part[place or 0 :] if marked else part, header_rows=1 if marked else None):
            if isinstance(block, Table) and any(block.header):
                header = block.header
            elif isinstance(block, Table) and len(block.header) == len(header):
                block = Table(header, block.rows, block.page)
            yield block


def _parts(sheet: "Worksheet", warnings: list[str]) -> Iterator[tuple[list[list[str]], list[bool]]]:
    """Runs of rows between blank ones: their cells as shown, and whether all of a row is bold."""
    spans = _spans(sheet)
    hidden = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    part: list[list[str]] = []
    bold: list[bool] = []
    left_out = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [_shown(spans.get((cell.row, cell.column), cell)) for cell in cells]
        if not any(row):
            if part:
                yield part, bold
            part, bold = [], []
        elif number in hidden:
            left_out += 1
        else:
            part.append(_collapse(row, cells, spans))
            bold.append(all(cell.font.b for cell in cells if cell.value is not None))
    if part:
        yield part, bold
    if left_out:
        warnings.append(f"Sheet {sheet.title!r}: {left_out} hidden rows were left out.")


def _spans(sheet: "Worksheet") -> dict[tuple[int | None, int | None], "Cell | MergedCell"]:
    """For each position inside merged cells, the cell that holds the value."""
    return {
        (row, column): sheet.cell(span.min_row, span.min_col)
        for span in sheet.merged_cells.ranges
        if span.size["rows"] * span.size["columns"] < 100_000
        for row in range(span.min_row, span.max_row + 1)
        for column in range(span.min_col, span.max_col + 1)
    }


def _collapse(row: list[str], cells: Sequence[Any], spans: dict[tuple[int | None, int | None], Any]) -> list[str]:
    """A row that is one merged cell becomes a row of one cell: a label, not the same value in every column."""
    holders = {id(spans.get((cell.row, cell.column))) for cell, text in zip(cells, row, strict=True) if text}
    filled = [(cell.row, cell.column) for cell, text in zip(cells, row, strict=True) if text]
    merged = len(holders) == 1 and all(place in spans for place in filled)
    return [next(text for text in row if text)] if merged and sum(map(bool, row)) > 1 else row


def _shown(cell: "Cell | MergedCell") -> str:
    """A cell's value as the sheet shows it, but dates as YYYY-MM-DD, which can be read in one way only."""
    value: Any = cell.value
    shape = str(cell.number_format or "")
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
        case int() | float():
            return _number(value, shape)
        case _:
            return str(value)


def _number(value: float, shape: str) -> str:
    decimals = len(found[1]) if (found := re.search(r"\.(0+)", shape)) else None
    if "%" in shape:
        return f"{value * 100:.{decimals or 0}f}%"
    currency = next((sign for sign in "$€£" if sign in shape), "")
    if currency:
        return f"{currency}{value:,.{decimals or 0}f}"
    if decimals is not None:
        return f"{value:.{decimals}f}"
    return str(int(value)) if float(value).is_integer() else f"{value:.10g}"
