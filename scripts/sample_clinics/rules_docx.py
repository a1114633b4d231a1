"""Sets referral rules as a Word document: headings, numbered and bulleted lists, a ruled table."""

from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt
from steady_zip import steady_zip


def write_rules_docx(data: dict[str, Any], target: Path) -> None:
    """Write `data` (title, author, created, header, blocks) to `target`. A block is one of heading, text, numbered,
    bullets or table; anything else raises KeyError."""
    paper = Document()
    paper.styles["Normal"].font.name = "Calibri"
    paper.styles["Normal"].font.size = Pt(11)
    paper.sections[0].header.paragraphs[0].text = data["header"]
    paper.add_heading(data["title"], level=1)
    for block in data["blocks"]:
        ((kind, content),) = block.items()
        WRITERS[kind](paper, content)
    about = paper.core_properties
    about.title, about.author, about.last_modified_by = data["title"], data["author"], data["author"]
    about.comments, about.revision = "", 1
    about.created = about.modified = datetime(data["created"].year, data["created"].month, data["created"].day)  # noqa: DTZ001 (Word keeps none)
    paper.save(str(target))
    steady_zip(target)


def _heading(paper: WordDocument, text: str) -> None:
    paper.add_heading(text, level=2)


def _text(paper: WordDocument, text: str) -> None:
    paper.add_paragraph(text)


def _numbered(paper: WordDocument, items: list[str]) -> None:
    for item in items:
        paper.add_paragraph(item, style="List Number")


def _bullets(paper: WordDocument, items: list[str]) -> None:
    for item in items:
        paper.add_paragraph(item, style="List Bullet")


def _table(paper: WordDocument, content: dict[str, Any]) -> None:
    table = paper.add_table(rows=1, cols=len(content["columns"]), style="Light Grid Accent 1")
    for cell, name in zip(table.rows[0].cells, content["columns"], strict=True):
        cell.text = name
    for row in content["rows"]:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value


WRITERS = {"heading": _heading, "text": _text, "numbered": _numbered, "bullets": _bullets, "table": _table}
