"""The sample clinics keep their word: papers match their sources, and no fact is shared between the two clinics."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import yaml
from bs4 import BeautifulSoup
from docx import Document
from pypdf import PdfReader

SAMPLES = Path(__file__).resolve().parents[2] / "scripts" / "sample_clinics"
KEYS = ("brindle-cove", "juniper-bench")
OTHER = dict(zip(KEYS, reversed(KEYS), strict=True))
MADE = (
    "brindle-cove/papers/payer-list.pdf",
    "brindle-cove/papers/referral-rules.docx",
    "juniper-bench/papers/payer-list.xlsx",
    "juniper-bench/papers/referral-rules.docx",
)


def read_pdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def read_docx(path: Path) -> str:
    paper = Document(str(path))
    rows = (" ".join(cell.text for cell in row.cells) for table in paper.tables for row in table.rows)
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *rows])


def read_xlsx(path: Path) -> str:
    sheets = openpyxl.load_workbook(path).worksheets
    return "\n".join(
        " ".join(str(value) for value in row if value is not None) for sheet in sheets for row in sheet.values
    )


def read_csv(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as lines:
        return "\n".join(" ".join(row) for row in csv.reader(lines))


def read_html(path: Path) -> str:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text(" ")


def read_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


READERS = {
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".xlsx": read_xlsx,
    ".csv": read_csv,
    ".html": read_html,
    ".md": read_text,
}


def plain(text: str) -> str:
    """One space between words, no cell bars, lower case: a phrase is found whatever the line breaks of its paper."""
    return re.sub(r"[\s|]+", " ", text).lower().strip()


def papers(key: str) -> dict[str, str]:
    return {path.name: plain(READERS[path.suffix](path)) for path in sorted((SAMPLES / key / "papers").iterdir())}


def load(key: str, name: str) -> Any:
    return yaml.safe_load((SAMPLES / key / name).read_text(encoding="utf-8"))


def questions(key: str) -> list[dict[str, Any]]:
    files = [SAMPLES / key / name for name in ("questions.jsonl", "questions_2.jsonl")]
    return [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def content(path: Path) -> object:
    """What a made paper holds: all bytes, for Office files the bytes of each member (packing differs by zlib)."""
    if path.suffix == ".pdf":
        return path.read_bytes()
    with ZipFile(path) as members:
        return [(member.filename, member.date_time, members.read(member)) for member in members.infolist()]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("papers")
    command = [sys.executable, str(SAMPLES / "build.py"), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out


@pytest.mark.parametrize("paper", MADE)
def test_committed_paper_is_what_its_source_makes(rebuilt: Path, paper: str) -> None:
    """A source edited without building (or a build that depends on the clock) would ship a paper nobody can remake."""
    assert content(rebuilt / paper) == content(SAMPLES / paper)


def test_every_kind_of_paper_is_shipped() -> None:
    """A kind missing from the samples is a loader that nobody tries on first start."""
    kinds = {Path(name).suffix for key in KEYS for name in papers(key)}
    assert kinds == set(READERS)


@pytest.mark.parametrize("key", KEYS)
def test_each_fact_stands_in_its_own_paper(key: str) -> None:
    """A fact sheet that the papers do not bear out would let leak tests pass for the wrong reason."""
    own = papers(key)
    assert len(load(key, "facts.yaml")) >= 30
    missing = [fact for fact in load(key, "facts.yaml") if plain(fact["phrase"]) not in own[fact["paper"]]]
    assert not missing


@pytest.mark.parametrize("key", KEYS)
def test_no_fact_stands_in_the_other_clinics_papers(key: str) -> None:
    """A shared fact could leak from one clinic to the other without anybody seeing it."""
    theirs = papers(OTHER[key])
    shared = [
        (fact["phrase"], name)
        for fact in load(key, "facts.yaml")
        for name, text in theirs.items()
        if plain(fact["phrase"]) in text
    ]
    assert not shared


def test_no_payer_row_means_the_same_at_both_clinics() -> None:
    """One row alike in both lists, and a payer answer from the wrong clinic looks right."""
    columns = range(7)
    rows = [
        {tuple(str(row[at]) for at in columns) for row in load(key, "source/payer-list.yaml")["rows"]} for key in KEYS
    ]
    assert min(len(found) for found in rows) >= 25
    assert not {row[0:1] + row[2:] for row in rows[0]} & {row[0:1] + row[2:] for row in rows[1]}


def test_payer_pdf_repeats_its_header_on_two_pages() -> None:
    """The PDF is the product's proof for tables across pages; on one page it proves nothing."""
    pages = PdfReader(SAMPLES / MADE[0]).pages
    assert len(pages) == 2
    assert all("Network status" in page.extract_text() for page in pages)


def test_no_number_mail_or_staff_name_is_shared() -> None:
    """A shared contact would send a patient of one clinic to the other, and nobody would notice in a demo."""
    pattern = re.compile(r"\d{3}-555-01\d\d|[\w.]+@[\w.]+")
    found = [set(pattern.findall(" ".join(papers(key).values()))) for key in KEYS]
    assert all(found)
    assert not found[0] & found[1]
    clinics = [load(key, "clinic.yaml") for key in KEYS]
    for field in ("key", "name", "phone", "timezone", "address", "coordinator"):
        assert clinics[0][field] != clinics[1][field]
    assert not set(clinics[0]["service_zips"]) & set(clinics[1]["service_zips"])


@pytest.mark.parametrize("key", KEYS)
def test_phones_and_mails_are_invented(key: str) -> None:
    """A real number or address in a demo gets called or mailed by somebody, some day."""
    raw = " ".join([*papers(key).values(), (SAMPLES / key / "clinic.yaml").read_text(encoding="utf-8")])
    assert all("-555-01" in phone for phone in re.findall(r"\b\d{3}-\d{3}-\d{4}\b", raw))
    assert all(mail.rstrip(".").endswith(".example") for mail in re.findall(r"[\w.]+@[\w.]+", raw))


@pytest.mark.parametrize("key", KEYS)
def test_gold_spans_stand_in_the_papers(key: str) -> None:
    """A gold span that no paper holds scores every right answer as wrong."""
    own = papers(key)
    lines = questions(key)
    answerable = [line for line in lines if line["answerable"]]
    assert not [line for line in answerable if not any(plain(line["gold_span"]) in text for text in own.values())]
    assert len(answerable) >= 25
    assert len(lines) - len(answerable) >= 12
    assert len({line["question"] for line in lines}) == len(lines)
