"""Builds a paper of `papers.yaml` as a file of each format, through the libraries that clinics' programs resemble."""

import csv
import html
import io
from collections.abc import Callable
from typing import Any

from tests.ingestion import papers

Blocks = list[dict[str, Any]]


def as_csv(blocks: Blocks) -> bytes:
    out = io.StringIO()
    for block in blocks:
        if "table" in block:
            csv.writer(out).writerows(block["table"])
    return out.getvalue().encode()


def as_xlsx(blocks: Blocks) -> bytes:
    def build(book: Any) -> None:
        for block in blocks:
            for row in block.get("table", ()):
                book.active.append([value or None for value in row])
            if len(label := block.get("table", [[]])) and len(label[0]) > 1:
                for number, row in enumerate(block["table"], start=1):
                    if len(row) == 1:
                        book.active.merge_cells(
                            start_row=number, end_row=number, start_column=1, end_column=len(label[0])
                        )

    return papers.workbook(build)


def as_html(blocks: Blocks) -> bytes:
    said = []
    for block in blocks:
        match block:
            case {"subheading": words}:
                said.append(f"<h3>{html.escape(words)}</h3>")
            case {"heading": words}:
                said.append(f"<h2>{html.escape(words)}</h2>")
            case {"text": words}:
                said.append(f"<p>{html.escape(words)}</p>")
            case {"bullets": items}:
                said.append("<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>")
            case {"table": rows}:
                width = len(rows[0])
                cells = "".join(
                    "<tr>"
                    + "".join(
                        f'<td colspan="{width if len(row) == 1 else 1}">{html.escape(str(cell))}</td>' for cell in row
                    )
                    + "</tr>"
                    for row in rows
                )
                said.append(f"<table>{cells}</table>")
    return f"<html><body><main>{''.join(said)}</main></body></html>".encode()


def as_md(blocks: Blocks) -> bytes:
    said = []
    for block in blocks:
        match block:
            case {"subheading": words}:
                said.append(f"### {words}")
            case {"heading": words}:
                said.append(f"## {words}")
            case {"text": words}:
                said.append(words.strip())
            case {"bullets": items}:
                said.append("\n".join(f"- {item}" for item in items))
            case {"table": rows}:
                lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
                lines.insert(1, "|" + "---|" * len(rows[0]))
                said.append("\n".join(lines))
    return "\n\n".join(said).replace("\n* ", "\n\\* ").encode()


def as_txt(blocks: Blocks) -> bytes:
    said = []
    for block in blocks:
        match block:
            case {"heading": words}:
                said.append(f"{words}\n{'-' * len(words)}")
            case {"text": words}:
                said.append(words.strip())
            case {"bullets": items}:
                said.append("\n".join(f"- {item}" for item in items))
    return "\n\n".join(said).encode()


def as_docx(blocks: Blocks) -> bytes:
    def build(document: Any) -> None:
        for block in blocks:
            match block:
                case {"subheading": words}:
                    document.add_heading(words, 3)
                case {"heading": words}:
                    document.add_heading(words, 2)
                case {"text": words}:
                    document.add_paragraph(words.strip())
                case {"bullets": items}:
                    for item in items:
                        document.add_paragraph(item, style="List Bullet")
                case {"table": rows}:
                    _word_table(document, rows)

    return papers.word(build)


def _word_table(document: Any, rows: list[list[Any]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        cells = table.add_row().cells
        if len(row) == 1:
            cells[0].merge(cells[-1]).text = row[0]
            continue
        for cell, value in zip(cells, row, strict=True):
            cell.text = str(value)


def as_pdf(blocks: Blocks) -> bytes:
    story = []
    for block in blocks:
        match block:
            case {"heading": words}:
                story.append(papers.text(html.escape(words), "Heading2"))
            case {"text": words}:
                story.append(papers.text(html.escape(words)))
            case {"bullets": items}:
                story.append(papers.bullets(*map(html.escape, items)))
            case {"table": rows}:
                # Helvetica has no check mark; clinics' programs set one from another font.
                story.append(papers.grid([[str(cell).replace("✓", "X") for cell in row] for row in rows]))
        story.append(papers.space(8))
    return papers.pdf(*story)


BUILDERS: dict[str, Callable[[Blocks], bytes]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "html": as_html,
    "md": as_md,
    "txt": as_txt,
    "docx": as_docx,
    "pdf": as_pdf,
}
