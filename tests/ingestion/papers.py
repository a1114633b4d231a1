"""Builds papers in every format in memory, so that no binary file needs to be committed."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import docx
import openpyxl
from reportlab.lib import colors, pdfencrypt
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    ListFlowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

STYLES = getSampleStyleSheet()
PAYERS = [
    ["Payer", "Plan", "Status", "Referral"],
    ["Harborlight", "PPO", "In network", "Not needed"],
    ["Harborlight", "HMO", "In network", "Needed"],
    ["Pinecrest", "All plans", "Out of network", "Needed"],
]


def text(words: str, style: str = "BodyText") -> Flowable:
    return Paragraph(words, STYLES[style])


def bullets(*items: str) -> Flowable:
    return ListFlowable([text(item) for item in items], bulletType="bullet")


def grid(rows: Sequence[Sequence[Any]], **more: Any) -> Flowable:
    return Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black), *more.pop("style", [])], **more)


def new_page() -> Flowable:
    return PageBreak()


def space(points: float) -> Flowable:
    return Spacer(1, points)


def pdf(
    *story: Flowable, running: Callable[[Canvas, Any], None] | None = None, password: str | None = None, **more: Any
) -> bytes:
    """A PDF of flowing parts; `running` draws headers and footers on each page."""
    out = io.BytesIO()
    encrypt = pdfencrypt.StandardEncryption(password, canPrint=0) if password else None
    template = SimpleDocTemplate(out, encrypt=encrypt, **more)
    draw = running or (lambda canvas, template: None)
    template.build(list(story), onFirstPage=draw, onLaterPages=draw)
    return out.getvalue()


def drawn_pdf(*pages: Callable[[Canvas], None]) -> bytes:
    """A PDF whose pages are drawn by hand."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792))
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word(build: Callable[[Any], None]) -> bytes:
    """A Word document filled by `build`."""
    document = docx.Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def workbook(build: Callable[[Any], None]) -> bytes:
    """An Excel workbook filled by `build`."""
    book = openpyxl.Workbook()
    build(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
