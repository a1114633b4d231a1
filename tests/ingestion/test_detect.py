import io
import zipfile

import pytest

from ingestion.detect import FileKind, detect
from ingestion.types import ParseLimits, Unreadable
from tests.ingestion import papers

LIMITS = ParseLimits()
PDF = papers.pdf(papers.text("Hello"))
DOCX = papers.word(lambda document: document.add_paragraph("Hello"))
XLSX = papers.workbook(lambda book: book.active.append(["Hello"]))


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PDF, "a.pdf", FileKind.PDF),
        (b"junk before\n" + PDF, "A.PDF", FileKind.PDF),
        (PDF, "no ending", FileKind.PDF),
        (DOCX, "folder/a.docx", FileKind.DOCX),
        (XLSX, "a.xlsx", FileKind.XLSX),
        (b"a,b\n1,2\n", "a.csv", FileKind.CSV),
        (b"a\tb\n1\t2\n", "a.tsv", FileKind.CSV),
        (b"<!doctype html><p>Hi", "a.htm", FileKind.HTML),
        (b"<p>Only a part of a page", "a.html", FileKind.HTML),
        (b"<html><p>Saved under another name", "a.txt", FileKind.HTML),
        (b"# Hi", "a.md", FileKind.MARKDOWN),
        ("Café at nine".encode("utf-16"), "a.txt", FileKind.TEXT),
        ("Café at nine".encode("cp1252"), "notes", FileKind.TEXT),
    ],
)
def test_kind_by_content(data: bytes, name: str, kind: FileKind) -> None:
    """Without it a paper would be given to the wrong loader."""
    assert detect(data, name, LIMITS) is kind


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.pdf", "is empty"),
        (b" \r\n\t", "a.txt", "is empty"),
        (b"hello", "a.pdf", "named like a PDF"),
        (PDF, "a.docx", "what is in it is a PDF"),
        (b"<!DOCTYPE html><title>Sign in</title>", "payers.csv", "what is in it is a web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "card.png", "is a picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "card.pdf", "is a picture"),
        (b"{}", "a.json", "not a kind of file"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old.doc", "old Office format"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "new.docx", "locked with a password"),
        (b"{\\rtf1 Hello}", "a.rtf", "save it as .docx"),
        (b"PK\x03\x04 and then nothing", "a.docx", "is damaged"),
    ],
)
def test_refusals_name_the_file_and_the_reason(data: bytes, name: str, says: str) -> None:
    """Without it the manager would see a crash, or a refusal that does not say what to do."""
    with pytest.raises(Unreadable, match=r"(?i)please") as refusal:
        detect(data, name, LIMITS)
    assert repr(name) in str(refusal.value)
    assert says in str(refusal.value)


def test_too_large() -> None:
    """Without it a huge upload would be read into the parser."""
    with pytest.raises(Unreadable, match=r"2\.0 MB and the limit is 1\.0 MB"):
        detect(b"a" * (2 << 20), "a.txt", ParseLimits(bytes=1 << 20))


def test_zip_bomb_is_not_unpacked() -> None:
    """Without it a small Word file could fill the memory with gigabytes of zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(300):
            part.write(bytes(1 << 20))
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(Unreadable, match="unpacks to 300"):
        detect(out.getvalue(), "bomb.docx", LIMITS)
