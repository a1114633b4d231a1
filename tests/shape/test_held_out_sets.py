"""The held-out sets keep their word: enough of each kind, gold that papers bear out, nothing real, nothing twice."""

import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from ingestion.pipeline import ingest
from tests.shape.tree import ROOT, name, python_files, text_of

SETS = ROOT / "scripts/evals/held_out"
CLINICS = sorted(path.parent.name for path in SETS.glob("*/clinic.yaml"))
KINDS = {"absent", "specific_not_listed", "personal", "live_data", "false_premise"}
POLARITIES = {"yes", "no", "conditional"}
STATUSES = {"in_network", "out_of_network", "not_accepted", "secondary_only", "conditional"}
LEAST = {"questions": 150, "spanish": 70, "compound": 66, "followups": 40}
# Nine tenths, as in scripts/evals/judging.py: a span may run over a line's end mark or a cell's header.
ENOUGH = 0.9
TELEPHONE = re.compile(r"\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b")
PACKED = ("*.docx", "*.pdf", "*.xlsx")


def lines(file: str) -> list[dict[str, Any]]:
    """The lines of one file over all clinics, each with its clinic."""
    paths = [(clinic, SETS / clinic / f"{file}.jsonl") for clinic in CLINICS]
    return [{**json.loads(line), "clinic": c} for c, path in paths for line in path.read_text("utf-8").splitlines()]


def golds(file: str) -> list[tuple[str, str, str, str]]:
    """(clinic, id, paper, span) of each answerable line or part."""
    parts = [(line, part) for line in lines(file) for part in line.get("parts", [line])]
    return [(line["clinic"], line["id"], p["paper"], p["gold_span"]) for line, p in parts if p["answerable"]]


def payers(clinic: str) -> dict[str, Any]:
    return yaml.safe_load((SETS / clinic / "payers.yaml").read_text("utf-8"))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


@cache
def chunks(clinic: str, paper: str) -> tuple[str, ...]:
    return tuple(chunk.searchable() for chunk in ingest(SETS / clinic / "papers" / paper, paper).chunks)


@cache
def whole(clinic: str) -> str:
    papers = sorted(path.name for path in (SETS / clinic / "papers").iterdir())
    return " ".join(f" {' '.join(words(text))} " for paper in papers for text in chunks(clinic, paper))


def share(span: str, text: str) -> float:
    wanted = Counter(words(span))
    return (wanted & Counter(words(text))).total() / wanted.total()


@pytest.mark.parametrize("file", LEAST)
def test_enough_lines(file: str) -> None:
    """A share of a small set moves by whole points with one lucky answer."""
    assert len(lines(file)) >= LEAST[file]
    assert {line["clinic"] for line in lines(file)} == set(CLINICS)
    assert len(CLINICS) == 3


@pytest.mark.parametrize("file", LEAST)
def test_every_span_stands_in_its_paper(file: str) -> None:
    """Gold that no paper holds counts a right answer as wrong, or hides that the loader lost it."""
    assert golds(file)
    lost = {
        (line, span)
        for clinic, line, paper, span in golds(file)
        if max(share(span, text) for text in chunks(clinic, paper)) < ENOUGH
    }
    assert lost == set()


@pytest.mark.parametrize("clinic", sorted(path.parent.name for path in (SETS / "more").glob("*/clinic.yaml")))
def test_spans_of_the_later_clinics_stand_in_their_papers(clinic: str) -> None:
    """As above: an answer would count as wrong because its gold is nowhere."""
    folder, lost = SETS / "more" / clinic, []
    assert (folder / "questions.jsonl").is_file()
    for file in sorted(folder.glob("*.jsonl")):
        for line in map(json.loads, file.read_text("utf-8").splitlines()):
            asked = [part for part in line.get("parts", [line]) if part["answerable"]]
            lost += [p["gold_span"] for p in asked if max(_shares(folder / "papers" / p["paper"], p)) < ENOUGH]
    assert lost == []


def _shares(paper: Path, asked: dict[str, Any]) -> list[float]:
    return [share(asked["gold_span"], text) for text in chunks(f"more/{paper.parent.parent.name}", paper.name)]


def test_a_span_that_is_nowhere_is_found_out() -> None:
    """The check above could pass because everything passes."""
    text = chunks("three-otters", "questions-parents-ask.txt")[0]
    assert share("Parking on the roof is four dollars for each hour", text) < ENOUGH


def test_papers_that_disagree_do() -> None:
    """Two spans that stand in one paper would be no disagreement between papers."""
    pairs = [line for line in lines("questions") if "disagrees" in line]
    assert len(pairs) >= 2
    for line in pairs:
        (other,) = line["also_in"]
        assert max(share(line["disagrees"], text) for text in chunks(line["clinic"], other)) >= ENOUGH
        assert other != line["paper"]


def test_ids_and_words_occur_once() -> None:
    """A question asked twice counts double."""
    everything = [line for file in LEAST for line in lines(file)]
    ids = Counter(line["id"] for line in everything)
    said = Counter(
        (line["clinic"], " ".join(words(str(line.get("question") or line.get("message") or line["turns"]))))
        for line in everything
    )
    assert [key for counted in (ids, said) for key, times in counted.items() if times > 1] == []


@pytest.mark.parametrize(("file", "part"), [("questions", 3), ("spanish", 4)])
def test_share_without_an_answer(file: str, part: int) -> None:
    """With few of them, answering everything would score well."""
    refused = [line for line in lines(file) if not line["answerable"]]
    assert len(refused) * part >= len(lines(file))
    assert {line["unanswerable_kind"] for line in refused} == KINDS


def test_fields_hold_known_values() -> None:
    """A misspelled polarity would silently be judged by words."""
    for line in [*lines("questions"), *lines("spanish"), *lines("followups")]:
        assert line.get("polarity", "yes") in POLARITIES, line["id"]
        assert line["answerable"] or not {"gold_span", "polarity"} & line.keys(), line["id"]
    insured = [line for line in lines("spanish") if line["category"] == "insurance" and line.get("polarity")]
    assert len(insured) >= 15
    assert {line["polarity"] for line in insured} == POLARITIES


def test_compound_messages_have_parts_that_can_be_told_apart() -> None:
    """A keyword that is not in the message, or is another part's too, identifies nothing."""
    for line in lines("compound"):
        keys = [part["keyword"] for part in line["parts"]]
        assert 2 <= len(set(keys)) == len(keys) <= 3, line["id"]
        assert all(key in line["message"].casefold() for key in keys), line["id"]
    assert any(not part["answerable"] for line in lines("compound") for part in line["parts"])


def test_follow_ups_follow_something() -> None:
    assert all(len(line["turns"]) >= 2 for line in lines("followups"))


@pytest.mark.parametrize("clinic", CLINICS)
def test_payers_are_borne_out(clinic: str) -> None:
    """A payer of the truth that no paper names, or a "not listed" one that a paper does, judges the product wrongly."""
    truth = payers(clinic)
    assert len(truth["payers"]) >= 30
    assert len(truth["not_listed"]) == 10
    assert {row["status"] for row in truth["payers"]} <= STATUSES
    named = [row for row in truth["payers"] if "implied_by" not in row]
    assert [row for row in named if not set(words(row["payer"])) <= set(whole(clinic).split())] == []
    rows = [(row["payer"], row["plan"], row.get("location")) for row in truth["payers"]]
    assert len(set(rows)) == len(rows)
    for row in truth["not_listed"]:
        said = " ".join(words(row["plan"] or row["payer"]))
        both = " ".join(words(f"{row['payer']} {row['plan']}"))
        listed = " ".join(words(row["payer"])) in whole(clinic)
        assert f" {both if not listed else said} " not in whole(clinic), row


def test_papers_are_of_every_kind() -> None:
    """A loader without a held-out paper is measured by nobody."""
    papers = {clinic: list((SETS / clinic / "papers").iterdir()) for clinic in CLINICS}
    assert all(4 <= len(found) <= 6 for found in papers.values())
    kinds = {path.suffix for found in papers.values() for path in found}
    assert kinds == {".md", ".html", ".txt", ".csv", ".docx", ".pdf", ".xlsx"}


def test_no_telephone_is_real() -> None:
    """555-0100 to 555-0199 ring nowhere."""
    texts = [whole(clinic) for clinic in CLINICS]
    texts += [path.read_text("utf-8") for path in SETS.rglob("*") if path.suffix in {".jsonl", ".yaml", ".md", ".txt"}]
    texts += [path.read_text("utf-8") for path in SETS.rglob("*") if path.suffix in {".html", ".csv"}]
    numbers = [number for text in texts for number in TELEPHONE.findall(text)]
    assert len(numbers) >= 20
    assert [number for number in numbers if not re.search(r"\b555.01\d\d$", number)] == []


def test_the_product_does_not_read_them() -> None:
    """A set that the product reads measures its memory."""
    product = [path for path in python_files() if name(path).split("/")[0] in {"app", "ingestion", "knowledge"}]
    assert product
    assert [name(path) for path in product if "held_out" in text_of(path)] == []


def content(path: Path) -> object:
    """What a made paper holds: all bytes, for Office files those of each member (packing differs by zlib)."""
    if path.suffix == ".pdf":
        return path.read_bytes()
    with ZipFile(path) as members:
        return [(member.filename, members.read(member)) for member in members.infolist()]


def test_made_papers_are_what_their_sources_make(tmp_path: Path) -> None:
    """A source edited without building leaves gold that the committed paper does not hold."""
    command = [sys.executable, "-m", "scripts.evals.held_out.build", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    made = [path.relative_to(SETS) for kind in PACKED for path in SETS.rglob(kind)]
    assert len(made) == 7
    assert [path for path in made if content(tmp_path / path) != content(SETS / path)] == []
