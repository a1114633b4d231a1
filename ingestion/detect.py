"""What kind of file it is, by its content; the name only has to agree. Zip containers are weighed before they are
opened, because a small file can unpack into gigabytes."""

import io
import zipfile
from enum import StrEnum
from pathlib import PurePosixPath

import puremagic

from ingestion.types import ParseLimits, Unreadable

PAPERS = "PDF, Word (.docx), Excel (.xlsx), CSV, web page (.html), Markdown (.md) or plain text (.txt)"
_UNPACKED_MAX = 256 * 1024 * 1024
_RATIO_MAX = 200
_PARTS_MAX = 5_000


class FileKind(StrEnum):
    """A supported kind of file; the value is its media type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    CSV = "text/csv"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"


_BY_SUFFIX = {
    ".pdf": FileKind.PDF,
    ".docx": FileKind.DOCX,
    ".docm": FileKind.DOCX,
    ".xlsx": FileKind.XLSX,
    ".xlsm": FileKind.XLSX,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".htm": FileKind.HTML,
    ".html": FileKind.HTML,
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".txt": FileKind.TEXT,
    ".text": FileKind.TEXT,
    "": None,
}
_OLD_OFFICE = {".doc": ".docx", ".dot": ".docx", ".rtf": ".docx", ".odt": ".docx", ".xls": ".xlsx", ".ods": ".xlsx"}
_CALLED = {
    FileKind.PDF: "a PDF",
    FileKind.DOCX: "a Word document",
    FileKind.XLSX: "an Excel workbook",
    FileKind.CSV: "a CSV table",
    FileKind.HTML: "a web page",
    FileKind.MARKDOWN: "a Markdown text",
    FileKind.TEXT: "a plain text",
}
_TEXTUAL = {FileKind.CSV, FileKind.HTML, FileKind.MARKDOWN, FileKind.TEXT}


def detect(data: bytes, filename: str, limits: ParseLimits) -> FileKind:
    """The kind of `data`. Raises Unreadable when it is empty, too large, unsupported or not what its name says."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(f"{filename!r} is empty. Please check the file and upload it again.")
    if len(data) > limits.bytes:
        raise Unreadable(
            f"{filename!r} is {_megabytes(len(data))} and the limit is {_megabytes(limits.bytes)}. "
            "Please split it into smaller files."
        )
    suffix = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    found = _by_content(data, filename)
    if suffix in _OLD_OFFICE and found not in {FileKind.PDF, FileKind.DOCX, FileKind.XLSX}:
        raise Unreadable(f"{filename!r} is in a format we cannot read. Please save it as {_OLD_OFFICE[suffix]} or PDF.")
    if suffix not in _BY_SUFFIX:
        raise Unreadable(f"{filename!r} is not a kind of file we can read. Please upload {PAPERS}.")
    return _agree(found, _BY_SUFFIX[suffix], filename)


def _agree(found: FileKind, named: FileKind | None, filename: str) -> FileKind:
    """The kind to load as. Among texts the name decides, except that a whole web page is always read as one."""
    if named is None or found is named:
        return found
    if found is FileKind.TEXT and named in _TEXTUAL:
        return named
    if found is FileKind.HTML and named in {FileKind.MARKDOWN, FileKind.TEXT}:
        return found
    raise Unreadable(
        f"{filename!r} is named like {_CALLED[named]}, but what is in it is {_CALLED[found]}. "
        "Please save it again in the right format, or give it the right ending."
    )


def _by_content(data: bytes, filename: str) -> FileKind:
    """PDF, DOCX, XLSX, HTML, or TEXT for any other text."""
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _office(data, filename)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        _refuse_old_office(data, filename)
    if _is_binary(data):
        raise Unreadable(f"{filename!r} {_foreign(data)}. Please upload {PAPERS}.")
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")) or (head.startswith((b"<?xml", b"<!--")) and b"<html" in head):
        return FileKind.HTML
    return FileKind.TEXT


def _office(data: bytes, filename: str) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(f"{filename!r} is damaged. Please open it, save it again, and upload the new file.") from error
    unpacked = sum(part.file_size for part in parts)
    heavy = unpacked > _UNPACKED_MAX or (unpacked > 16 * 1024 * 1024 and unpacked > _RATIO_MAX * len(data))
    if heavy or len(parts) > _PARTS_MAX:
        raise Unreadable(
            f"{filename!r} unpacks to {_megabytes(unpacked)}, too much to read. "
            "Please copy what patients need into a smaller file."
        )
    names = {part.filename.lstrip("/").lower() for part in parts}
    if "word/document.xml" in names or any(name.startswith("word/document") for name in names):
        return FileKind.DOCX
    if "xl/workbook.xml" in names or any(name.startswith("xl/worksheets/") for name in names):
        return FileKind.XLSX
    raise Unreadable(f"{filename!r} is neither a Word nor an Excel file inside. Please upload {PAPERS}.")


def _refuse_old_office(data: bytes, filename: str) -> None:
    """Always raises: an OLE container is either a locked new file or a file of the years before 2007."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable(f"{filename!r} is locked with a password. Please save a copy without the password.")
    raise Unreadable(f"{filename!r} is in an old Office format. Please save it as .docx, .xlsx or PDF.")


def _is_binary(data: bytes) -> bool:
    """Whether bytes are no text: NULs outside UTF-16, or many control characters near the start."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = data[:8192]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in sample)
    return b"\0" in sample or controls > max(2, len(sample) // 50)


def _foreign(data: bytes) -> str:
    """What an unsupported binary is, as the predicate of a sentence."""
    try:
        kind = puremagic.from_string(data[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        kind = ""
    if kind.startswith("image/"):
        return "is a picture, and we can only read text"
    return "is not a kind of file we can read"


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
