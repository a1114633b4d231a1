"""Makes the held-out clinics' Word, PDF and workbook papers from `source/`: python -m scripts.evals.held_out.build

A source is named like its paper with .md or .yaml behind it. In .md sources a line is a paragraph; "# " and "## " are
headings, "- " a bullet, "1. " a numbered item, "**...**" a bold line, "| a | b |" a row of a table whose first row is
its header, "~ " small print, "[page]" a new page. `^1` is a raised footnote mark.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.document import Document as WordDocument
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from scripts.sample_clinics.steady_zip import steady_zip

HERE = Path(__file__).resolve().parent
MARKS = {"# ": "title", "## ": "heading", "- ": "bullet", "~ ": "small", "| ": "row"}
RAISED = re.compile(r"\^(\d)")
BODY = ParagraphStyle("text", fontName="Times-Roman", fontSize=10.5, leading=14, spaceAfter=6)
STYLES = {
    "text": BODY,
    "title": ParagraphStyle("title", BODY, fontName="Times-Bold", fontSize=18, leading=23),
    "heading": ParagraphStyle("heading", BODY, fontName="Times-Bold", fontSize=13, leading=17, spaceBefore=8),
    "bold": ParagraphStyle("bold", BODY, fontName="Times-Bold"),
    "bullet": ParagraphStyle("bullet", BODY, leftIndent=16, bulletIndent=4, spaceAfter=2),
    "numbered": ParagraphStyle("numbered", BODY, leftIndent=18),
    "small": ParagraphStyle("small", BODY, fontSize=8.5, leading=11),
}
WORD_STYLES = {"bullet": "List Bullet", "numbered": "List Number"}


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """(kind, words) of each line that is not empty."""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line == "[page]":
            yield "page", ""
        elif line.startswith("**") and line.endswith("**"):
            yield "bold", line.strip("*")
        elif number := re.match(r"\d+\. ", line):
            yield "numbered", line[number.end() :]
        else:
            mark = next((mark for mark in MARKS if line.startswith(mark)), "")
            yield MARKS.get(mark, "text"), line[len(mark) :]


def grouped(text: str) -> Iterator[tuple[str, list[str]]]:
    for kind, lines in groupby(blocks(text), key=lambda block: block[0]):
        yield kind, [words for _, words in lines]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("| ").split(" |")] if row else []


def table_of(rows: list[str]) -> list[list[str]]:
    found = [cells(row) for row in rows]
    return [[*row, *[""] * (len(found[0]) - len(row))] for row in found]


def write_docx(source: Path, target: Path) -> None:
    paper = Document()
    for kind, lines in grouped(source.read_text("utf-8")):
        if kind == "row":
            _word_table(paper, table_of(lines))
        else:
            for words in lines:
                _word_line(paper, kind, words)
    about = paper.core_properties
    about.title, about.author, about.comments = "", "Front office", ""
    about.created = about.modified = datetime(2026, 9, 14)  # noqa: DTZ001 (Word keeps none)
    paper.save(str(target))
    steady_zip(target)


def _word_line(paper: WordDocument, kind: str, words: str) -> None:
    if kind in ("title", "heading"):
        paper.add_heading(words, level=1 if kind == "title" else 2)
    elif kind == "page":
        paper.add_page_break()
    else:
        run = paper.add_paragraph(style=WORD_STYLES.get(kind)).add_run(words)
        run.bold = True if kind == "bold" else None


def _word_table(paper: WordDocument, rows: list[list[str]]) -> None:
    table = paper.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value


def write_pdf(source: Path, target: Path) -> None:
    story: list[Flowable] = []
    for kind, lines in grouped(source.read_text("utf-8")):
        if kind == "row":
            story += [_pdf_table(table_of(lines)), Spacer(1, 8)]
        elif kind == "page":
            story.append(PageBreak())
        else:
            story += [_pdf_line(kind, number, words) for number, words in enumerate(lines, start=1)]
    paper = SimpleDocTemplate(str(target), pagesize=letter, invariant=1, pageCompression=0, author="Front office")
    paper.build(story)


def _raised(words: str) -> str:
    return RAISED.sub(r"<super>\1</super>", escape(words, quote=False))


def _pdf_line(kind: str, number: int, words: str) -> Flowable:
    mark = {"bullet": "•", "numbered": f"{number}."}.get(kind)
    return Paragraph(_raised(words), STYLES[kind], bulletText=mark)


def _pdf_table(rows: list[list[str]]) -> Table:
    head, *rest = rows
    made = [[Paragraph(_raised(value), STYLES["bold"]) for value in head]]
    made += [[Paragraph(_raised(value), BODY) for value in row] for row in rest]
    width = (letter[0] - 156) / len(head)
    grid = [("GRID", (0, 0), (-1, -1), 0.5, HexColor("#999999")), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table(made, colWidths=[width] * len(head), repeatRows=1, style=grid)


def write_xlsx(source: Path, target: Path) -> None:
    data: dict[str, Any] = yaml.safe_load(source.read_text("utf-8"))
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = data["author"]
    for sheet in data["sheets"]:
        _fill(book.create_sheet(sheet["name"]), sheet)
    book.save(target)
    steady_zip(target)


def _fill(sheet: Worksheet, data: dict[str, Any]) -> None:
    for row in data["rows"]:
        sheet.append([value if value != "" else None for value in row])
    if number := data.get("header"):
        for cell in sheet[number]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", start_color="FFDDE7DD")
    for column in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 24
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if cell.is_date:
            cell.number_format = "mm/dd/yyyy"


WRITERS: dict[str, Callable[[Path, Path], None]] = {".docx": write_docx, ".pdf": write_pdf, ".xlsx": write_xlsx}


def build(out: Path) -> list[Path]:
    """Write every made paper under `out`, laid out as in this folder; returns what was written."""
    made = []
    for source in sorted(HERE.glob("*/source/*")):
        target = out / source.parent.parent.name / "papers" / source.stem
        target.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[target.suffix](source, target)
        made.append(target)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write under (default: this one)")
    for paper in build(parser.parse_args().out):
        print(paper)
