"""Cuts a paper at its headings into LlamaIndex documents, each of one kind: prose, a list, a table or an answer."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingestion.blocks import Block, Bullets, Heading, Paragraph, Table
from ingestion.chunkers.llama import Document
from ingestion.chunkers.nesting import Above, nested
from ingestion.chunkers.outline import BOLD_QUESTION, is_question, outline
from ingestion.chunkers.sentences import sentences
from knowledge.types import ChunkKind

_LEAD_WORDS = 45
_LEAD_ONLY_WORDS = 12
_TITLE_WORDS = 8
_LONE_HEADING_WORDS = 5


def documents(blocks: Iterable[Block]) -> Iterator[Document]:
    """The documents of a paper in reading order. `metadata` holds kind, heading, page, lead, and what the kind needs:
    items of a list, header and rows of a table."""
    path: list[Heading] = []
    body: list[Block] = []
    title: Block | None = None
    for block in outline(blocks):
        if not isinstance(block, Heading):
            body.append(block)
            continue
        title = title or block
        yield from _section(path, body, lone=bool(path) and path[-1].level >= block.level and path[-1] is not title)
        body = []
        path = [heading for heading in path if heading.level < block.level]
        if block.level >= BOLD_QUESTION and path and is_question(path[-1].text):
            path.pop()  # a typed question after one with markup is the next question, not a part of its answer
        path += [block] if block.text else []
    yield from _section(path, body, lone=True)


def _section(path: Sequence[Heading], body: Sequence[Block], *, lone: bool) -> Iterator[Document]:
    heading = [part.text for part in path]
    notes = [note for part in path for note in part.notes]
    if not body:
        last = path[-1] if path else None
        if lone and last and (len(last.text.split()) >= _LONE_HEADING_WORDS or any(map(str.isdigit, last.text))):
            yield _document(ChunkKind.PROSE, last.text, heading[:-1], last.page, notes=notes)
        return
    asked = path and is_question(path[-1].text)
    for document in _answer(heading, body) if asked else _plain(heading, body):
        document.metadata["notes"] = [*notes, *document.metadata["notes"]]
        yield document


def _answer(heading: list[str], body: Sequence[Block]) -> Iterator[Document]:
    """The answer to a question: text and lists together, page by page; tables stay tables."""
    said: list[str] = []
    notes: list[str] = []
    page: int | None = None
    for block in body:
        if said and (isinstance(block, Table) or block.page != page):
            yield _document(ChunkKind.QUESTION, "\n".join(said), heading[:-1], page, heading[-1], notes=notes)
            said, notes = [], []
        page = block.page
        if isinstance(block, Table):
            yield _table(block, heading)
        else:
            said += block.items if isinstance(block, Bullets) else [_text(block)]
            notes += block.notes
    if said:
        yield _document(ChunkKind.QUESTION, "\n".join(said), heading[:-1], page, heading[-1], notes=notes)


def _plain(heading: list[str], body: Sequence[Block]) -> Iterator[Document]:
    said: list[Paragraph] = []
    lead, notes = "", list[str]()
    above: Above = []
    for place, block in enumerate(body):
        after = body[place + 1] if place + 1 < len(body) else None
        if isinstance(block, Bullets):
            if said:
                lead, notes = _lead(said[-1]), list(said[-1].notes)
                said = said[:-1] if _only_leads(said[-1].text) else said
            elif place and not isinstance(body[place - 1], Bullets):
                lead, notes = "", []
            if not place or not isinstance(body[place - 1], Bullets):
                above = []
            yield from _prose(said, heading)
            said = []
            yield from _lists(block, heading, lead, notes, above)
        elif isinstance(block, Table):
            own, said = _over(block, said)
            yield from _prose(said, heading)
            said = []
            yield _table(block, heading, own)
        elif isinstance(block, Paragraph):
            if said and said[-1].page != block.page and not (isinstance(after, Bullets) and after.page != block.page):
                yield from _prose(said, heading)
                said = []
            said.append(block)
    yield from _prose(said, heading)


def _lists(block: Bullets, heading: list[str], lead: str, notes: list[str], above: Above) -> Iterator[Document]:
    """A list, and after it each list that is nested in it, led by the item that it hangs on and all above that."""
    for upper, items in nested(block, above):
        own = "\n".join(filter(None, (lead, *upper)))
        yield _document(
            ChunkKind.LIST, "\n".join(items), heading, block.page, own, items=items, notes=[*notes, *block.notes]
        )


def _prose(said: Sequence[Paragraph], heading: list[str]) -> Iterator[Document]:
    if said:
        notes = [note for part in said for note in part.notes]
        yield _document(ChunkKind.PROSE, "\n".join(part.text for part in said), heading, said[0].page, notes=notes)


def _lead(paragraph: Paragraph) -> str:
    """What leads into a list: the paragraph before it, or its last sentence when it is long."""
    if len(paragraph.text.split()) <= _LEAD_WORDS:
        return paragraph.text
    last = [part.strip() for part in sentences(paragraph.text) if part.strip()][-1]
    return last if len(last.split()) <= _LEAD_WORDS else ""


def _only_leads(text: str) -> bool:
    """Whether a paragraph says nothing without its list; any other is kept as prose too."""
    whole = len([part for part in sentences(text) if part.strip()]) == 1
    return whole and (text.endswith(":") or len(text.split()) <= _LEAD_ONLY_WORDS)


def _over(table: Table, said: list[Paragraph]) -> tuple[str, list[Paragraph]]:
    """(what leads into a table, the paragraphs without it): "We do not accept:" or a title right above the rows."""
    last = said[-1] if said else None
    if last is None or "\n" in last.text or len(last.text.split()) > _LEAD_WORDS:
        return "", said
    if last.text.endswith(":"):
        return last.text, said[:-1] if table.rows and _only_leads(last.text) else said
    title = len(last.text.split()) <= _TITLE_WORDS and not re.search(r"\d|[.!;,]$", last.text)
    return last.text if title else "", said


def _table(block: Table, heading: list[str], lead: str = "") -> Document:
    text = "\n".join(" | ".join(filter(None, row)) for row in block.rows)
    rows = [list(row) for row in block.rows]
    return _document(
        ChunkKind.ROW, text, heading, block.page, lead, header=list(block.header), rows=rows, notes=list(block.notes)
    )


def _text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph | Heading) else ""


def _document(
    kind: ChunkKind, text: str, heading: list[str], page: int | None, lead: str = "", **more: object
) -> Document:
    own = {"kind": kind, "heading": heading, "page": page, "lead": lead, "notes": [], **more}
    return Document(text=text, metadata=own)
