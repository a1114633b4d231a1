"""Sets a payer list as a workbook: a title, one table with real dates, and a second sheet of notes."""

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from steady_zip import steady_zip

HEADER_ROW = 4
THIN = Side(style="thin", color="FFB5BFC4")


def write_payer_xlsx(data: dict[str, Any], target: Path) -> None:
    """Write `data` (title, subtitle, sheet, columns, widths, rows, notes) to `target`."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = data["sheet"]
    sheet["A1"], sheet["A2"] = data["title"], data["subtitle"]
    sheet["A1"].font, sheet["A2"].font = Font(bold=True, size=14), Font(italic=True, color="FF5A6A73")
    for number, (name, width) in enumerate(zip(data["columns"], data["widths"], strict=True), start=1):
        head = sheet.cell(HEADER_ROW, number, name)
        head.font, head.fill = Font(bold=True), PatternFill("solid", start_color="FFE6EEF1")
        head.border, head.alignment = Border(bottom=THIN), Alignment(vertical="center")
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, values in enumerate(data["rows"], start=HEADER_ROW + 1):
        for column, value in enumerate(values, start=1):
            _fill(sheet, row, column, value)
    _make_readable(sheet, len(data["columns"]))
    notes = book.create_sheet(data["notes_sheet"])
    notes.column_dimensions["A"].width = 110
    for line in data["notes"]:
        notes.append([line])
    book.save(target)
    steady_zip(target)


def _fill(sheet: Worksheet, row: int, column: int, value: object) -> None:
    cell = sheet.cell(row, column, value or None)  # type: ignore[arg-type]
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    cell.border = Border(bottom=THIN)
    if cell.is_date:
        cell.number_format = "m/d/yyyy"


def _make_readable(sheet: Worksheet, columns: int) -> None:
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(columns)}{sheet.max_row}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
