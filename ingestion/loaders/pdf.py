"""PDF: pypdf opens and unlocks it and counts the pages; pdfplumber gives words with their place and size, and tables.

Words of a table are taken out of the page text, so nothing is said twice. Where pdfplumber fails on a page, pypdf's
plain text stands in.
"""

import io
import time
from collections.abc import Iterator
from datetime import date
from itertools import chain

import pdfplumber
import pypdf
from pdfminer.pdfexceptions import PDFException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException
from pypdf.errors import PyPdfError

from ingestion.blocks import Block, Loaded, Paragraph
from ingestion.clean import running_form, running_lines
from ingestion.loaders.line import Line
from ingestion.loaders.lines import blocks_of_lines
from ingestion.loaders.pdf_lines import body_size, heading_sizes, lines_of_page
from ingestion.loaders.pdf_scans import read_scans
from ingestion.loaders.pdf_tables import join_tables, tables_of_page
from ingestion.loaders.pdf_text import blocks_of_page
from ingestion.types import ParseLimits, Unreadable

_BROKEN = (PyPdfError, PDFException, PdfminerException, ValueError, KeyError, TypeError, IndexError, AttributeError,
           AssertionError, OSError, RecursionError, ZeroDivisionError, NotImplementedError, OverflowError)  # fmt: skip
_EDGE_LINES = 3
_MARGIN = 0.1
_SCANS_SHARE = 0.5  # of the time for a paper; the rest is for what was found


def load_pdf(data: bytes, filename: str, limits: ParseLimits) -> Loaded:
    """Blocks of a PDF with their pages. Raises Unreadable for a locked, broken, too long or scanned one that cannot be
    read."""
    until = time.monotonic() + limits.seconds * _SCANS_SHARE
    reader = _open(data, filename, limits)
    pages = list(_pages(data, reader))
    scanned = [number for number, parts in enumerate(pages, start=1) if not parts]
    read = dict(read_scans(data, scanned, until))
    for number, text in read.items():
        pages[number - 1] = list(blocks_of_lines(text, number))
    empty = [number for number, parts in enumerate(pages, start=1) if not parts]
    if len(empty) == len(pages):
        raise Unreadable(
            f"{filename!r} has no text: it looks like a scan or a photo. "
            "Please upload the original file, or a scan with text recognition (OCR)."
        )
    warnings = tuple(
        f"Page {number} has no text."
        if number in empty
        else f"Page {number} is a picture; its text was read by OCR: please check."
        for number in scanned
    )
    heights = [_height(page) for page in reader.pages]
    blocks = tuple(join_tables(chain.from_iterable(_blocks(pages, heights))))
    return Loaded(blocks, pages=len(pages), title=_title(reader), warnings=warnings, changed=_changed(reader))


def _open(data: bytes, filename: str, limits: ParseLimits) -> pypdf.PdfReader:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        count = 0 if locked else len(reader.pages)
    except _BROKEN as error:
        raise Unreadable(f"{filename!r} is damaged. Please save it as PDF again and upload the new file.") from error
    if locked:
        raise Unreadable(f"{filename!r} is locked with a password. Please save a copy without the password.")
    if count > limits.pages:
        raise Unreadable(
            f"{filename!r} has {count} pages and the limit is {limits.pages}. Please split it into smaller files."
        )
    if not count:
        raise Unreadable(f"{filename!r} has no pages. Please save it as PDF again and upload the new file.")
    return reader


def _pages(data: bytes, reader: pypdf.PdfReader) -> Iterator[list[Line | Block]]:
    """For each page its lines and tables in reading order."""
    try:
        pdf = pdfplumber.open(io.BytesIO(data))
        count = len(pdf.pages)
    except _BROKEN:
        pdf, count = None, 0
    for number in range(1, len(reader.pages) + 1):
        try:
            if pdf is None or number > count:
                raise ValueError(f"pdfplumber does not see page {number!r}")
            page = pdf.pages[number - 1]
            yield list(_read(page, number))
            page.close()  # or it keeps what it read of every page
        except _BROKEN:
            yield list(_plain(reader, number))


def _read(page: Page, number: int) -> Iterator[Line | Block]:
    tables = tables_of_page(page, number)
    lines = lines_of_page(page, [box for box, _ in tables], number)
    if not lines and not tables:
        return
    for line in lines:
        while tables and tables[0][0][3] <= line.bottom and tables[0][0][1] < line.top:
            yield tables.pop(0)[1]
        yield line
    yield from (table for _, table in tables)


def _plain(reader: pypdf.PdfReader, number: int) -> Iterator[Block]:
    try:
        text = reader.pages[number - 1].extract_text()
    except _BROKEN:
        return
    yield from blocks_of_lines(text, number)


def _outer(lines: list[Line], height: float) -> list[tuple[Line, str]]:
    """The first and last lines of a page, each with the form that it is compared by. In the margins numbers do not
    count ("Page 3"); further in, where the text may begin, only a line that is the same to the letter repeats."""
    edge = {id(line): line for line in chain(lines[:_EDGE_LINES], lines[-_EDGE_LINES:])}
    return [(line, _form(line, height)) for line in edge.values()]


def _form(line: Line, height: float) -> str:
    margin = line.bottom < _MARGIN * height or line.top > (1 - _MARGIN) * height
    return running_form(line.text) if margin else line.text


def _height(page: pypdf.PageObject) -> float:
    """The height of a page in points, as it is shown."""
    try:
        box, turned = page.mediabox, (page.rotation // 90) % 2
        return float(box.width if turned else box.height)
    except _BROKEN:
        return 792.0


def _blocks(pages: list[list[Line | Block]], heights: list[float]) -> Iterator[list[Block]]:
    """The blocks of each page without the headers and footers that repeat; their first wording opens the paper."""
    lines = [[part for part in page if isinstance(part, Line)] for page in pages]
    outer = [_outer(own, height) for own, height in zip(lines, heights, strict=True)]
    edges = [[(form, line.text) for line, form in page] for page in outer]
    repeated, wordings = running_lines(edges)
    yield [Paragraph(text, 1) for text in wordings]
    body = body_size(chain.from_iterable(lines))
    sizes = heading_sizes(chain.from_iterable(lines), body)
    for page, edge in zip(pages, outer, strict=True):
        running = {id(line) for line, form in edge if form in repeated}
        kept = [part for part in page if id(part) not in running]
        yield list(blocks_of_page(kept, body, sizes))


def _title(reader: pypdf.PdfReader) -> str | None:
    """The title in the file's properties, unless it only repeats a file name."""
    try:
        title = str((reader.metadata and reader.metadata.title) or "").strip()
    except _BROKEN:
        return None
    made_up = title.lower().startswith(
        ("microsoft word", "untitled", "slide ", "(anonymous)")
    ) or title.lower().endswith((".doc", ".docx", ".pdf", ".indd", ".xlsx", ".txt", ".odt"))
    return None if made_up else title or None


def _changed(reader: pypdf.PdfReader) -> date | None:
    """The day of the last change by the file's properties."""
    try:
        facts = reader.metadata
        changed = facts and (facts.modification_date or facts.creation_date)
    except _BROKEN:
        return None
    return changed.date() if changed else None
