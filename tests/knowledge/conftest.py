"""One loaded embedder for all tests of the package: loading costs a third of a second."""

from pathlib import Path

import pytest

from knowledge.embedders import Embedder, open_embedder
from knowledge.index import Index
from knowledge.vectors import VectorStore


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return open_embedder("minilm")


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> VectorStore:
    return VectorStore(tmp_path / "vectors", embedder, max_open=2)


@pytest.fixture
def index(embedder: Embedder, store: VectorStore) -> Index:
    made = Index(embedder, store)
    made.warm()
    return made
