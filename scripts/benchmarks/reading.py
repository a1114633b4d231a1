"""Papers read by a running server, in chunks a second, beside the bare embedder on the same chunks' texts."""

import time
from pathlib import Path
from typing import Any

from app.control.call import call
from app.settings import load_settings
from ingestion.parser_process import ParserProcess
from knowledge.embedders import open_embedder
from scripts.benchmarks import papers
from scripts.benchmarks.table import Figure
from tests.server import Server


def measure(server: Server, site_key: str, folder: Path, number: int) -> list[Figure]:
    """The first paper pays for the start of the parser process; the others are read in turn with the bare embedder.
    Speeds are given as milliseconds a chunk, so that less is better in every line of the table."""
    files = papers.make(folder / "many", number + 1)
    texts = _texts(files)
    embedder = open_embedder("minilm")
    embedder.encode(["warm"])
    first = _ingest(server, site_key, files[0])[0]
    ours, bare = [], []
    for file in files[1:]:
        began = time.perf_counter()
        embedder.encode(texts[file])
        bare.append((time.perf_counter() - began) * 1000 / len(texts[file]))
        seconds, chunks = _ingest(server, site_key, file)
        assert chunks == len(texts[file])
        ours.append(seconds * 1000 / chunks)
    return [
        Figure("first paper read, with the parser's start", "s", [first]),
        Figure(f"reading a paper of about {len(texts[files[-1]])} chunks", "ms a chunk", ours, bare),
    ]


def _texts(files: list[Path]) -> dict[Path, list[str]]:
    """What the server will embed of each file."""
    parser = ParserProcess()
    try:
        return {file: [chunk.searchable() for chunk in parser.parse(file, file.name).chunks] for file in files}
    finally:
        parser.close()


def _ingest(server: Server, site_key: str, file: Path) -> tuple[float, int]:
    """Seconds and chunks."""
    began = time.perf_counter()
    facts = call(
        load_settings(server.env), "ingest", {"clinic": site_key, "paths": [str(file)]}, lambda _: None, _nowhere
    )
    one = facts["files"][0]
    assert one["status"] == "ready", one
    return time.perf_counter() - began, int(one["chunks"])


def _nowhere(_: Any) -> Any:
    raise RuntimeError("the server does not own its data folder")
