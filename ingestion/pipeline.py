"""The way of a paper: detect, load, clean, chunk. Runs in the parser process; `parser_process` is the door to it."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath

from ingestion.blocks import Heading, Loaded
from ingestion.clean import clean
from ingestion.dates import paper_dates
from ingestion.detect import FileKind, detect
from ingestion.footnotes import attach_notes
from ingestion.payers.extract import payer_rows
from ingestion.types import Parsed, ParseLimits, Unreadable

# By name: each loader imports its library, and most papers need only one of them.
_LOADERS = {
    FileKind.PDF: "pdf.load_pdf",
    FileKind.DOCX: "docx.load_docx",
    FileKind.XLSX: "table.load_xlsx",
    FileKind.CSV: "table.load_csv",
    FileKind.HTML: "html.load_html",
    FileKind.MARKDOWN: "markdown.load_markdown",
    FileKind.TEXT: "text.load_text",
}


def ingest(source: bytes | Path, filename: str, limits: ParseLimits | None = None) -> Parsed:
    """The chunks of a paper. `filename` is what the manager called it. Raises Unreadable with a sentence for them."""
    from ingestion.chunkers.nodes import chunk

    limits = limits or ParseLimits()
    data = source if isinstance(source, bytes) else source.read_bytes()
    name = PurePosixPath(filename.replace("\\", "/")).name or filename
    kind = detect(data, name, limits)
    loaded = clean(_loader(kind)(data, name, limits))
    span = paper_dates(loaded.blocks)
    chunks = chunk(attach_notes(loaded.blocks))
    if not chunks:
        raise Unreadable(f"{name!r} has no text that patients could be answered from. Please check the file.")
    if len(chunks) > limits.chunks:
        raise Unreadable(f"{name!r} is too long for one paper. Please split it into smaller files.")
    rows, doubts = payer_rows(chunks)
    return Parsed(
        kind.value,
        chunks,
        loaded.pages,
        _title(loaded),
        (*loaded.warnings, *doubts),
        payer_rows=rows,
        effective_from=span.starts,
        effective_to=span.ends,
        dated=span.revised or loaded.changed,
    )


def _loader(kind: FileKind) -> Callable[[bytes, str, ParseLimits], Loaded]:
    module, function = _LOADERS[kind].split(".")
    loader: Callable[[bytes, str, ParseLimits], Loaded] = getattr(
        import_module(f"ingestion.loaders.{module}"), function
    )
    return loader


def _title(loaded: Loaded) -> str | None:
    """The first outermost heading on the paper itself, else what the file's properties say."""
    headings = [block for block in loaded.blocks if isinstance(block, Heading) and block.text]
    top = min((heading.level for heading in headings), default=0)
    first = next((heading.text for heading in headings if heading.level == top), None)
    return first or loaded.title
