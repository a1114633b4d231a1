"""Plain text, and the decoding of bytes that say nothing about their encoding."""

import codecs

from ingestion.blocks import Loaded
from ingestion.loaders.lines import blocks_of_lines
from ingestion.types import ParseLimits

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """Text of bytes: by byte order mark, else UTF-8, else Windows-1252 as Excel and Word on Windows write it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _lines(data.decode(encoding, errors="replace"))
    try:
        return _lines(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _lines(data.decode("cp1252", errors="replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def load_text(data: bytes, _filename: str, _limits: ParseLimits) -> Loaded:
    """Blocks of a plain text; form feeds part pages in old listings and count as blank lines."""
    return Loaded(tuple(blocks_of_lines(decode(data).replace("\f", "\n\n"))))
