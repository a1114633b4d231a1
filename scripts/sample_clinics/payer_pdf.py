"""Sets a payer list as a PDF with a ruled table; the same data always gives the same bytes."""

from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

INK, MUTED, RULE, BAND = HexColor("#1d2b33"), HexColor("#5a6a73"), HexColor("#8fa3ad"), HexColor("#e6eef1")
PAGE = landscape(letter)
MARGIN = 45.0
EDGE = MARGIN + 6  # a frame pads its text by 6 points

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13, textColor=INK)
CELL = ParagraphStyle("cell", parent=BODY, fontSize=8.5, leading=10.5)
HEAD = ParagraphStyle("head", parent=CELL, fontName="Helvetica-Bold")
TITLE = ParagraphStyle("title", parent=BODY, fontName="Helvetica-Bold", fontSize=17, leading=22)
NOTE = ParagraphStyle("note", parent=BODY, fontSize=8.5, leading=11.5, spaceAfter=3)
SMALL = ParagraphStyle("small", parent=NOTE, textColor=MUTED)


def write_payer_pdf(data: dict[str, Any], target: Path) -> None:
    """Write `data` (letterhead, title, columns, widths, rows, notes) to `target`, a PDF of letter pages on their side.

    Streams stay uncompressed: the bytes must not depend on the zlib of the machine.
    """
    document = SimpleDocTemplate(
        str(target),
        pagesize=PAGE,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=42,
        bottomMargin=46,
        title=data["title"],
        author=data["letterhead"],
        invariant=1,
        pageCompression=0,
    )

    def foot(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(MUTED)
        canvas.drawString(EDGE, 28, f"{data['letterhead']} · {data['title']} · {data['revised']}")
        canvas.drawRightString(PAGE[0] - EDGE, 28, f"Page {canvas.getPageNumber()}")

    document.build(_story(data), onFirstPage=foot, onLaterPages=foot)


def _story(data: dict[str, Any]) -> list[Flowable]:
    top: list[Flowable] = [
        Paragraph(_safe(f"{data['letterhead']} · {data['address']}"), SMALL),
        Paragraph(_safe(data["contact"]), SMALL),
        Spacer(1, 6),
        Paragraph(_safe(data["title"]), TITLE),
        Paragraph(_safe(data["revised"]), SMALL),
        Spacer(1, 4),
        *(Paragraph(_safe(text), BODY) for text in data["intro"]),
        Spacer(1, 9),
    ]
    return [*top, _table(data), Spacer(1, 9), *(Paragraph(_safe(note), NOTE) for note in data["notes"])]


def _table(data: dict[str, Any]) -> Table:
    room = PAGE[0] - 2 * EDGE
    scale = room / sum(data["widths"])
    cells = [[Paragraph(_safe(name), HEAD) for name in data["columns"]]]
    cells += [[Paragraph(_safe(value), CELL) for value in row] for row in data["rows"]]
    ruled = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, RULE),
            ("BACKGROUND", (0, 0), (-1, 0), BAND),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return Table(cells, colWidths=[width * scale for width in data["widths"]], repeatRows=1, style=ruled)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
