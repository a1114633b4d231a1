"""Files that mean harm, as a manager uploads them: each ends with a sentence or a result, and the next one is read."""

import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from app.usecases.accept_document import clean_name
from ingestion.parser_process import ParserProcess
from ingestion.types import ParseLimits, Unreadable
from tests.content.conftest import World
from tests.content.dangerous import EVAL

LIMITS = ParseLimits(seconds=4, memory_mib=700)
GOOD = b"# Visits\n\nBring your card.\n"


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    process = ParserProcess(LIMITS)
    yield process
    process.close()


def zipped(files: dict[str, bytes]) -> bytes:
    """An archive, packed as tight as it goes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Target="word/document.xml" Type='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(document: bytes) -> bytes:
    """A Word file around this XML."""
    return zipped({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document})


def paragraphs(text: bytes) -> bytes:
    return b'<w:document xmlns:w="%b"><w:body><w:p><w:r><w:t>%b</w:t></w:r></w:p></w:body></w:document>' % (WORD, text)


def laughs() -> bytes:
    """Entities within entities: a billion words out of a page of text."""
    names = [b"a%d" % n for n in range(10)]
    lines = [b'<!ENTITY a0 "haha">'] + [
        b'<!ENTITY %b "%b">' % (name, (b"&%b;" % before) * 10) for before, name in pairwise(names)
    ]
    return b"<?xml version='1.0'?><!DOCTYPE w [%b]>" % b"".join(lines) + paragraphs(b"&a9;")


def outside() -> bytes:
    """An entity that is a file of the machine, and one that is another's address."""
    kinds = b'<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY u SYSTEM "http://127.0.0.1:9/x">'
    return b"<?xml version='1.0'?><!DOCTYPE w [%b]>" % kinds + paragraphs(b"Bring &f; and &u; your card.")


def pdf(stream: bytes, filters: bytes) -> bytes:
    """One page with this content."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter %b >>\nstream\n%b\nendstream" % (len(stream), filters, stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n%btrailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return out + end % (table, len(out))


def deflated_bomb() -> bytes:
    """Three layers of compression around a tenth of a gigabyte of nothing."""
    packer = zlib.compressobj(9)
    inner = b"".join(packer.compress(bytes(1 << 24)) for _ in range(8)) + packer.flush()
    return pdf(zlib.compress(zlib.compress(inner, 9), 9), b"[/FlateDecode /FlateDecode /FlateDecode]")


def looped_pages() -> bytes:
    """A tree of pages that is its own branch."""
    return pdf(zlib.compress(b""), b"/FlateDecode").replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")


BOMBS = {
    "words.docx": lambda: docx(paragraphs(b"a" * 120_000_000)),
    "laughs.docx": lambda: docx(laughs()),
    "outside.docx": lambda: docx(outside()),
    "deep.docx": lambda: docx(b"<a>" * 400_000),
    "sheets.xlsx": lambda: zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": bytes(120_000_000)}),
    "layers.pdf": deflated_bomb,
    "loop.pdf": looped_pages,
    "deep.html": lambda: b"<html><body>" + b"<div>" * 50_000 + b"text",
    "wide.csv": lambda: b"," * 2_000_000 + b"\nMeadow,In network\n",
    "quotes.md": lambda: b">" * 100_000 + b" text\n" + b"[" * 50_000,
    "one line.txt": lambda: b"word " * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_stay_within_limits(parser: ParserProcess, name: str) -> None:
    """A file of some kilobytes could hold the server's memory or its processor for as long as it likes."""
    data = BOMBS[name]()
    assert len(data) < LIMITS.bytes
    begun = time.monotonic()
    try:
        parsed = parser.parse(data, name)
    except Unreadable as refusal:
        said = str(refusal)
        assert name in said
        assert said.endswith(".")
        assert "Traceback" not in said
    else:
        assert "root:" not in str(parsed.chunks), "a file of the machine was read"
    assert time.monotonic() - begun < LIMITS.seconds + 60
    assert parser.parse(GOOD, "good.md").chunks


def eval_files() -> list[Path]:
    folder = EVAL / "files"
    if not folder.exists():
        pytest.skip("the broken, encrypted and fuzzed files are not on this machine")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def upload(world: World, name: str, data: bytes) -> httpx.Response:
    headers = world.bearer(world.cast.manager)
    return world.http.post("/api/v1/staff/clinics/harbor/documents", files={"file": (name, data)}, headers=headers)


def listed(world: World) -> dict[str, dict[str, object]]:
    headers = world.bearer(world.cast.manager)
    answer = world.http.get("/api/v1/staff/clinics/harbor/documents", headers=headers)
    return {paper["name"]: paper for paper in answer.json()["documents"]}


def test_broken_papers_fail_with_a_sentence_over_http(world: World) -> None:
    """The manager would see a failure of the server, or a paper that is being read for ever."""
    for name in ("laughs.docx", "deep.docx", "loop.pdf"):
        assert upload(world, name, BOMBS[name]()).status_code == 202
    assert upload(world, "broken.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20).status_code == 202
    world.worker.drain(["index"])
    found = listed(world)
    for name in ("laughs.docx", "deep.docx", "loop.pdf", "broken.pdf"):
        assert found[name]["status"] == "failed", found[name]
        assert name in str(found[name]["error"])
        assert "Traceback" not in str(found[name]["error"])


def said_of(parser: ParserProcess, path: Path) -> str:
    """The refusal of a file, or nothing."""
    try:
        parser.parse(path.read_bytes(), path.name)
    except Unreadable as refusal:
        return str(refusal)
    return ""


def test_files_of_strangers(world: World, parser: ParserProcess) -> None:
    """A file that some tool wrote badly would stop the papers behind it."""
    for at, path in enumerate(eval_files()):
        answer = upload(world, path.name, path.read_bytes())
        assert answer.status_code in (202, 422), (path.name, answer.text)
        if answer.status_code == 422:
            assert path.name in answer.json()["error"]["message"]
        elif at % 3 == 0 or "broken" in str(path):  # tests/ingestion/test_corpus.py reads them all
            refused = said_of(parser, path)
            assert not refused or path.name in refused


NAMES = {
    "../../../etc/passwd.md": "passwd.md",
    "..\\..\\boot.md": "boot.md",
    "/etc/cron.d/x.md": "x.md",
    "a\r\nX-Header: b.md": "aX-Header: b.md",
    "gpj.\u202edm.md": "gpj.dm.md",
    "a\u200b\x1b[2Jb.md": "a[2Jb.md",
    "<img src=x onerror=alert(1)>.md": "<img src=x onerror=alert(1)>.md",
    "n" * 300 + ".md": "n" * 197 + ".md",
}


@pytest.mark.parametrize(("given", "kept"), NAMES.items(), ids=range(len(NAMES)))
def test_names_of_files(world: World, given: str, kept: str) -> None:
    """A name could lead out of the folder, end in a log line of its own, or read as another kind of file."""
    assert clean_name(given) == kept
    answer = upload(world, given, GOOD + given.encode())
    assert answer.status_code == 202, answer.text
    names = set(listed(world))
    assert kept in names or "%" in str(names)
    data = world.desk.settings.data_dir
    assert not any(path.name.startswith(kept[:6]) for path in data.rglob("*")), "files have names of our own making"


@pytest.mark.parametrize("given", ["", "..", "/", "\u202e"])
def test_names_that_are_none(world: World, given: str) -> None:
    """As above."""
    answer = upload(world, given, GOOD)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]
