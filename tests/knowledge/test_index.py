"""The index is a copy: what is added is found, what is removed is not, and differences are mended."""

from collections.abc import Sequence
from pathlib import Path

from knowledge.embedders import Embedder, Vectors
from knowledge.index import Index
from knowledge.vectors import VectorStore
from tests.knowledge.papers import TEXTS, chunk

CHUNKS = [chunk(key, text) for key, text in TEXTS.items()]


def test_added_chunks_are_found_by_meaning(index: Index) -> None:
    """No word of the question stands in the paper: only the vectors can find it."""
    index.add("clinic_a", CHUNKS)
    assert next(iter(index.search("clinic_a", "where can I leave my car?", 3))) == "parking"


def test_progress_counts_to_the_end(index: Index) -> None:
    """The manager watches a bar; one that stops short looks like a hang."""
    told: list[tuple[int, int]] = []
    index.add("clinic_a", [chunk(f"c{n}", f"Room {n}") for n in range(150)], lambda *step: told.append(step))
    assert told == [(64, 150), (128, 150), (150, 150)]
    index.add("clinic_a", [])


def test_adding_again_replaces(index: Index, store: VectorStore) -> None:
    """A job that is run again after a crash adds the same ids."""
    index.add("clinic_a", CHUNKS)
    index.add("clinic_a", [chunk("pool", "The office is closed on Labor Day.")])
    assert store.ids("clinic_a") == set(TEXTS)
    assert next(iter(index.search("clinic_a", "open on Labor Day", 1))) == "pool"


def test_removed_chunks_are_gone(index: Index) -> None:
    """A deleted paper must leave the index, not only the page."""
    index.add("clinic_a", CHUNKS)
    index.remove("clinic_a", ["parking"])
    assert "parking" not in index.search("clinic_a", "parking", 9)


def test_repair_mends_both_ways(index: Index, store: VectorStore, embedder: Embedder, tmp_path: Path) -> None:
    """After a crash, or a backup brought back, rows and vectors differ."""
    index.add("clinic_a", CHUNKS)
    index.close()
    next_start = Index(embedder, VectorStore(tmp_path / "vectors", embedder))
    want = {key: text for key, text in TEXTS.items() if key != "fee"} | {"new": "We treat vertigo."}
    assert next_start.repair("clinic_a", want) == (1, 1)
    assert next_start.repair("clinic_a", lambda: want) == (0, 0)
    assert next(iter(next_start.search("clinic_a", "dizzy", 1))) == "new"
    assert next_start.repair("clinic_a", {}) == (0, len(want))


class Later:
    """The same model under the name of a later one."""

    name = "later"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.dimension = embedder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.encode(texts)


def test_another_models_vectors_are_made_anew(index: Index, embedder: Embedder, tmp_path: Path) -> None:
    """After an upgrade with another model, a start must not leave papers to be found by words alone until somebody
    reads the log; and no vector of the old one may stay beside those of the new, also where a start was cut short."""
    index.add("clinic_a", [*CHUNKS, chunk("old", "Gone since.")])
    index.close()
    later = Later(embedder)
    store = VectorStore(tmp_path / "vectors", later)
    upgraded = Index(later, store)
    assert upgraded.repair("clinic_a", TEXTS, most=2) == (2, 0)
    assert len(store.ids("clinic_a")) == 2
    assert upgraded.repair("clinic_a", TEXTS) == (len(TEXTS) - 2, 0)
    assert store.ids("clinic_a") == TEXTS.keys()
    assert next(iter(upgraded.search("clinic_a", "where can I leave my car?", 3))) == "parking"


def test_repair_leaves_a_paper_that_is_being_indexed(index: Index, store: VectorStore) -> None:
    """`doctor` beside a running upload would remove vectors whose rows are live a moment later."""
    index.add("clinic_a", CHUNKS)
    assert index.repair("clinic_a", {}) == (0, 0)
    assert index.repair("clinic_a", TEXTS) == (0, 0)
    assert index.repair("clinic_a", {}) == (0, len(TEXTS))


def test_repair_keeps_nothing_of_a_paper_deleted_meanwhile(index: Index, store: VectorStore) -> None:
    """Embedding takes long; the vectors of a deleted paper would be stored after they were removed."""
    rows = dict(TEXTS)

    def want() -> dict[str, str]:
        seen = dict(rows)
        rows.pop("fee", None)  # deleted while the texts are embedded
        return seen

    index.repair("clinic_a", want)
    assert store.ids("clinic_a") == TEXTS.keys() - {"fee"}


def test_drop_and_repair_make_it_anew(index: Index, store: VectorStore) -> None:
    """This is `doctor --rebuild`."""
    index.add("clinic_a", CHUNKS)
    index.drop("clinic_a")
    assert store.ids("clinic_a") == set()
    assert index.repair("clinic_a", TEXTS) == (len(TEXTS), 0)


def test_ready_only_after_warming(embedder: Embedder, store: VectorStore) -> None:
    """The first patient after a start must not wait for the libraries to load."""
    index = Index(embedder, store)
    assert not index.ready
    index.warm()
    assert index.ready


class _Broken:
    def odds(self, question: str, pieces: Sequence[str]) -> list[float]:
        raise RuntimeError("native code")


def test_a_broken_reader_keeps_nothing_else_from_being_ready(embedder: Embedder, store: VectorStore) -> None:
    """Its file may be damaged by itself; searching by vectors must not end with it."""
    index = Index(embedder, store, reader=_Broken())
    index.warm()
    assert index.ready
