"""Vectors of sentences that are kept: given back as they were, and never for another text."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedders import Embedder, Vectors
from knowledge.index import Index
from knowledge.retriever import Retriever
from knowledge.sentences import digest, pack, unpack
from knowledge.types import ChunkKind
from knowledge.vectors import VectorStore
from knowledge.words import Words
from tests.knowledge.papers import Papers

LEAD = "Where can I leave my car?"


class Counting:
    """An embedder that notes what it is given."""

    def __init__(self, inner: Embedder) -> None:
        self.inner, self.name, self.dimension = inner, inner.name, inner.dimension
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        return self.inner.encode(texts)


@pytest.fixture
def counting(embedder: Embedder) -> Counting:
    return Counting(embedder)


def opened(folder: Path, counting: Counting) -> Index:
    made = Index(counting, VectorStore(folder, counting))
    made.warm()
    return made


def test_what_is_packed_comes_back() -> None:
    rows = np.array([[1, 0], [0.6, 0.8]], np.float32)
    found = dict(unpack(pack(["one", "two"], rows), 2))
    assert list(found) == [digest("one"), digest("two")]
    assert np.allclose(np.stack(list(found.values())), rows, atol=1e-3)


def test_vectors_of_another_length_are_not_taken_for_ours() -> None:
    """Else numbers of two sentences would make one."""
    assert not list(unpack(pack(["one"], np.ones((1, 3), np.float32)), 2))


def test_recalled_sentences_are_not_embedded_again(tmp_path: Path, counting: Counting) -> None:
    """That was most of the time of an answer; the cosines must be those that it was made of."""
    texts = ["Parking is free.", "A missed visit costs $35."]
    first = opened(tmp_path / "a", counting)
    expected = first.likeness("where do I park?", texts)
    packed = first.packed({"chunk_1": texts, "chunk_2": [], "chunk_3": texts[:1]})
    second = opened(tmp_path / "b", counting)
    counting.calls.clear()
    second.recall(packed.values())
    assert second.likeness("where do I park?", texts) == pytest.approx(expected, abs=2e-3)
    assert counting.calls == [["where do I park?"]]
    for one in (first, second):
        one.close()


def test_a_question_embeds_its_own_words_at_once_and_no_paper(tmp_path: Path, counting: Counting) -> None:
    """Each call of the model costs as much as ten words more."""
    papers = Papers()
    papers.live["parking"] = replace(papers.live["parking"], kind=ChunkKind.QUESTION, lead=LEAD)
    index = opened(tmp_path, counting)
    index.add("clinic_a", list(papers.live.values()))
    packed = index.packed({"parking": [LEAD, "Free parking is behind the building, next to the ramp."]})
    papers.packed["parking", index.compares_by] = packed["parking"]
    counting.calls.clear()
    found = Retriever(index, Words(), papers).retrieve("clinic_a", "park car", beside=("Where do I park my car?",))
    index.likeness("Where do I park my car?", [LEAD])
    assert found[0].lead > 0.3
    assert counting.calls == [["park car", "Where do I park my car?"]]
    index.close()
