"""Word documents: paragraphs and tables in the order of the page, headings and lists by their styles."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from lxml import etree  # type: ignore[import-untyped]

from ingestion.blocks import Block, Bullets, Heading, Loaded, Paragraph
from ingestion.loaders.grid import blocks_of_grid
from ingestion.loaders.lines import blocks_of_lines
from ingestion.types import ParseLimits, Unreadable
from knowledge.marks import is_mark, raised

_LEVEL_POINTS = 18.0
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
    _number_format.cache_clear()  # it holds on to the document
    return Loaded(tuple(_gather(blocks)), title=_title(document), changed=_changed(document))


def _title(document: Document) -> str | None:
    try:
        return document.core_properties.title or None
    except (KeyError, ValueError, OpcError):
        return None


def _changed(document: Document) -> date | None:
    try:
        changed = document.core_properties.modified
    except (KeyError, ValueError, OpcError):
        return None
    return changed.date() if changed else None


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
        yield Bullets((text.strip(),), indents=(_indent(paragraph),), marks=(_mark(paragraph),))
    elif (opening := _bold_opening(paragraph, text)).rstrip().endswith(("?", "？")):
        yield Paragraph(opening.strip(), bold=True)
        yield from blocks_of_lines(text[len(opening) :].strip())
    elif text.strip().count("\t") and "\n" not in text.strip():
        yield Typed(text.strip(), bold=_is_bold(paragraph))
    else:
        yield from blocks_of_lines(text, bold=_is_bold(paragraph))


class Typed(Paragraph):
    """A paragraph with tabs in it: one row, when its neighbours have as many."""


def _bold_opening(paragraph: WordParagraph, text: str) -> str:
    """The bold words that a paragraph begins with, when it goes on in another weight."""
    opening = ""
    for run in paragraph.runs:
        if run.text.strip() and not run.bold:
            break
        opening += run.text
    return opening if len(opening) < len(text) and text.startswith(opening) else ""


def _numbering(paragraph: WordParagraph) -> "tuple[int, int] | None":
    """(number of the list's definition, level) of a list item, its own or its style's; None when Word tells none."""
    styles = []
    style = paragraph.style
    while style is not None:
        styles.append(style.element)
        style = style.base_style
    level = None
    for element in (paragraph._p, *styles):
        numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbering is None:
            continue
        own, number = numbering.find(qn("w:ilvl")), numbering.find(qn("w:numId"))
        level = own.get(qn("w:val")) if own is not None and level is None else level
        if number is not None:
            return int(number.get(qn("w:val"))), int(level or 0)
    return None


def _indent(paragraph: WordParagraph) -> float:
    """How far a list item stands to the right, in points: by its level, and by the number in its style's name."""
    found = _numbering(paragraph)
    styled = re.search(r"(?i)^list .*?([2-5])$", (paragraph.style.name if paragraph.style else "") or "")
    level = max(found[1] if found else 0, int(styled[1]) - 1 if styled else 0)
    return level * _LEVEL_POINTS


def _mark(paragraph: WordParagraph) -> str:
    """ "1." for a numbered item and "•" for a bulleted one; empty where Word does not tell."""
    found = _numbering(paragraph)
    if found is None:
        return "1." if re.match(r"(?i)list number", (paragraph.style.name if paragraph.style else "") or "") else "•"
    try:
        numbering = paragraph.part.part_related_by(RT.NUMBERING).element  # type: ignore[attr-defined]
        kind = _number_format(numbering, *found)
    except (KeyError, ValueError, NotImplementedError, etree.LxmlError):
        return ""
    return "•" if kind in {"bullet", "none"} else "1."


@lru_cache(maxsize=256)
def _number_format(numbering: Any, number: int, level: int) -> str:
    """How a list numbers its items. Raises ValueError when the definition is missing."""
    [kind] = numbering.xpath(
        f"w:abstractNum[@w:abstractNumId=//w:num[@w:numId='{number}']/w:abstractNumId/@w:val]"
        f"/w:lvl[@w:ilvl='{level}']/w:numFmt/@w:val"
    )
    return str(kind)


def _text(paragraph: WordParagraph) -> str:
    """The words of a paragraph, links, inserted words and content controls included; deleted words left out."""
    parts = []
    for node in paragraph._p.iter(qn("w:t"), qn("w:br"), qn("w:cr"), qn("w:tab"), qn("w:noBreakHyphen")):
        if any(up.tag in _NOT_SAID for up in _up(node, paragraph)):
            continue
        if node.tag == qn("w:t"):
            parts.append(_said(node))
        elif node.tag == qn("w:tab"):
            parts.append("" if node.getparent().tag == qn("w:tabs") else "\t")
        else:
            parts.append("-" if node.tag == qn("w:noBreakHyphen") else "\n")
    return "".join(parts)


def _said(node: etree._Element) -> str:
    """The words of one text node; a footnote's number that is set above the line as superscript characters."""
    text = node.text or ""
    run = next((up for up in node.iterancestors(qn("w:r"))), None)
    place = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}") if run is not None else None
    above = place is not None and place.get(qn("w:val")) == "superscript"
    return raised(text) if above and is_mark(text) else text


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
    """Whether all of a paragraph is bold or underlined, which is how people who know no styles make headings."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    by_style = bool(paragraph.style and paragraph.style.font.bold)
    return bool(runs) and all((by_style if run.bold is None else run.bold) or bool(run.underline) for run in runs)


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
    yield from blocks_of_grid(grid, header_rows=_marked_header(table) or _bold_header(table))


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


def _bold_header(table: WordTable) -> int | None:
    """1 when all of the first row is bold and the second row is not; None when the weight tells nothing."""
    bold = []
    for row in table.rows[:2]:
        said = [item for cell in row.cells for item in cell.paragraphs if item.text.strip()]
        bold.append(bool(said) and all(_is_bold(item) for item in said))
    several = len({id(cell._tc) for cell in table.rows[0].cells}) > 1
    return 1 if bold == [True, False] and several else None


def _gather(blocks: list[Block]) -> Iterator[Block]:
    """Neighbouring list items, which Word keeps as single paragraphs, as one list, and neighbouring paragraphs with
    as many tabs as one table."""
    for kind, run in groupby(blocks, key=_run_of):
        members = list(run)
        if kind == "items":
            yield from _lists([block for block in members if isinstance(block, Bullets)])
        elif kind == "typed":
            text = "\n".join(block.text for block in members if isinstance(block, Typed))
            yield from blocks_of_lines(text, bold=all(isinstance(b, Typed) and b.bold for b in members))
        else:
            yield from members


def _run_of(block: Block) -> str:
    return "items" if isinstance(block, Bullets) else "typed" if isinstance(block, Typed) else ""


def _lists(items: list[Bullets]) -> Iterator[Bullets]:
    """One list of neighbouring items; a numbered item that asks stays apart from the bullets of its answer."""
    run: list[Bullets] = []
    for item in items:
        if run and item.marks != run[-1].marks and (item.items[0].endswith("?") or run[-1].items[0].endswith("?")):
            yield Bullets(()).with_entries([entry for one in run for entry in one.entries])
            run = []
        run.append(item)
    yield Bullets(()).with_entries([entry for one in run for entry in one.entries])
