"""Word documents: paragraphs and tables in the order of the page, headings and lists by their styles."""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from lxml import etree  # type: ignore[import-untyped]

from ingestion.blocks import Block, Bullets, Heading, Loaded
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.lines import blocks_of_lines
from ingestion.types import ParseLimits, Unreadable

_NOT_SAID = {
    qn("w:moveFrom"),
    qn("w:txbxContent"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


def load_docx(data: bytes, filename: str, _limits: ParseLimits) -> Loaded:
    """Blocks of a Word document. Page numbers are None: Word lays pages out anew on each machine."""
    try:
        document = docx.Document(io.BytesIO(data))
        blocks = list(_blocks(document))
    except (OpcError, zipfile.BadZipFile, KeyError, ValueError, etree.LxmlError, AttributeError, OSError) as error:
        raise Unreadable(f"{filename!r} is damaged. Please open it in Word and save it again.") from error
    return Loaded(tuple(_gather(blocks)), title=_title(document))


def _title(document: Document) -> str | None:
    try:
        return document.core_properties.title or None
    except (KeyError, ValueError, OpcError):
        return None


def _blocks(document: Document) -> Iterator[Block]:
    for item in document.iter_inner_content():
        if isinstance(item, WordTable):
            yield from _table(item)
        else:
            yield from _paragraph(item)


def _paragraph(paragraph: WordParagraph) -> Iterator[Block]:
    yield from _own(paragraph)
    for box in paragraph._p.iter(qn("w:txbxContent")):
        if not any(up.tag in _NOT_SAID for up in _up(box, paragraph)):
            for inner in box.iterchildren(qn("w:p")):
                yield from _paragraph(WordParagraph(inner, paragraph._parent))


def _own(paragraph: WordParagraph) -> Iterator[Block]:
    """A paragraph without the text boxes that are anchored in it."""
    text = _text(paragraph)
    if not text.strip():
        return
    level = _level(paragraph)
    if level is not None:
        yield Heading(level, text.replace("\n", " "))
    elif _is_item(paragraph):
        yield Bullets((text.strip(),))
    else:
        yield from blocks_of_lines(text, bold=_is_bold(paragraph))


def _text(paragraph: WordParagraph) -> str:
    """The words of a paragraph, links, inserted words and content controls included; deleted words left out."""
    parts = []
    for node in paragraph._p.iter(qn("w:t"), qn("w:br"), qn("w:cr"), qn("w:tab"), qn("w:noBreakHyphen")):
        if any(up.tag in _NOT_SAID for up in _up(node, paragraph)):
            continue
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.tag == qn("w:tab"):
            parts.append("" if node.getparent().tag == qn("w:tabs") else "\t")
        else:
            parts.append("-" if node.tag == qn("w:noBreakHyphen") else "\n")
    return "".join(parts)


def _up(node: etree._Element, paragraph: WordParagraph) -> Iterator[etree._Element]:
    for up in node.iterancestors():
        if up is paragraph._p:
            return
        yield up


def _level(paragraph: WordParagraph) -> int | None:
    """The heading level by style (also of the styles it is based on) or outline level; None for body text."""
    style = paragraph.style
    while style is not None:
        if found := re.fullmatch(r"(?i)(?:heading|título|encabezado|titre|überschrift)\s*([1-9])", style.name or ""):
            return int(found[1]) + 1
        if (style.name or "").lower() == "title":
            return 1
        style = style.base_style
    outline = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = outline.get(qn("w:val")) if outline is not None else None
    return int(value) + 2 if value is not None and value.isdigit() and int(value) < 9 else None


def _is_item(paragraph: WordParagraph) -> bool:
    """Whether a paragraph is numbered or bulleted, by itself or by its style."""
    own = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
    if own is not None:
        return bool(own.get(qn("w:val")) != "0")
    style = paragraph.style
    while style is not None:
        if style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
            return True
        if re.match(r"(?i)list (?:bullet|number)", style.name or ""):
            return True
        style = style.base_style
    return False


def _is_bold(paragraph: WordParagraph) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    by_style = bool(paragraph.style and paragraph.style.font.bold)
    return bool(runs) and all(by_style if run.bold is None else run.bold for run in runs)


def _table(table: WordTable) -> Iterator[Block]:
    """A table as a grid; one with a single column only frames text and is read as text."""
    rows = [list(row.cells) for row in table.rows]
    width = max((len({id(cell._tc) for cell in row}) for row in rows), default=0)
    if width < 2:
        for row in rows:
            for cell in {id(cell._tc): cell for cell in row}.values():
                for item in cell.iter_inner_content():
                    yield from _table(item) if isinstance(item, WordTable) else _paragraph(item)
        return
    grid = []
    for row in rows:
        cells = [_cell_text(cell) for cell in row]
        grid.append(cells[:1] if len({id(cell._tc) for cell in row}) == 1 and len(row) > 1 else cells)
    yield from blocks_of_grid(grid, header_rows=_marked_header(table))


def _cell_text(cell: "docx.table._Cell") -> str:
    parts = []
    for item in cell.iter_inner_content():
        if isinstance(item, WordTable):
            parts += [_cell_text(inner) for row in item.rows for inner in row.cells]
        else:
            parts.append(_text(item))
    return " ".join(" ".join(parts).split())


def _marked_header(table: WordTable) -> int | None:
    """How many first rows Word repeats as header on each page; None when none is marked."""
    count = 0
    for row in table.rows:
        if row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None:
            break
        count += 1
    return count or None


def _gather(blocks: list[Block]) -> Iterator[Block]:
    """Neighbouring list items, which Word keeps as single paragraphs, as one list."""
    items: list[str] = []
    for block in blocks:
        if isinstance(block, Bullets):
            items += block.items
            continue
        if items:
            yield Bullets(tuple(items))
            items = []
        yield block
    if items:
        yield Bullets(tuple(items))
