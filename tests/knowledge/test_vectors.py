"""Vectors in a real Chroma: kept per clinic, really deleted, refused when another embedder made them."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedders import Embedder, Vectors
from knowledge.errors import IndexMismatch, IndexUnreadable
from knowledge.vectors import VectorStore

SIZE = 384
ROOT = Path(__file__).resolve().parents[2]


def axis(*numbers: int) -> Vectors:
    """Rows of unit vectors along the given axes."""
    return np.eye(SIZE, dtype=np.float32)[list(numbers)]


class Other:
    """An embedder that made nothing here."""

    name = "other:0"
    dimension = SIZE

    def encode(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("not asked")


def test_nearest_come_first_with_their_cosine(store: VectorStore) -> None:
    """A distance taken for a similarity would put the worst passage first."""
    leaning = (axis(0) * 0.8 + axis(1) * 0.6)[0]
    store.upsert("clinic_a", ["x", "y", "z"], axis(0, 1, 2))
    found = store.search("clinic_a", leaning, 9)
    assert [key for key, _ in found] == ["x", "y", "z"]
    assert [score for _, score in found] == pytest.approx([0.8, 0.6, 0.0], abs=1e-5)


def test_clinics_do_not_see_each_other(store: VectorStore) -> None:
    """One clinic's fee quoted by another is the worst answer of all."""
    store.upsert("clinic_a", ["x"], axis(0))
    store.upsert("clinic_b", ["y"], axis(0))
    assert store.search("clinic_a", axis(0)[0], 9) == [("x", pytest.approx(1.0, abs=1e-5))]
    assert store.ids("clinic_b") == {"y"}


def test_deleted_vectors_are_gone_also_after_reopening(store: VectorStore, tmp_path: Path, embedder: Embedder) -> None:
    """A paper that was withdrawn must not come back with the next start."""
    store.upsert("clinic_a", ["x", "y"], axis(0, 1))
    store.delete("clinic_a", ["x", "never there"])
    store.close()
    again = VectorStore(tmp_path / "vectors", embedder)
    assert again.ids("clinic_a") == {"y"}
    assert [key for key, _ in again.search("clinic_a", axis(0)[0], 9)] == ["y"]


def test_asking_makes_nothing(store: VectorStore, tmp_path: Path) -> None:
    """A question to a clinic without papers must not leave folders behind, nor fail."""
    assert store.search("clinic_a", axis(0)[0], 5) == []
    assert store.ids("clinic_a") == set()
    store.delete("clinic_a", ["x"])
    store.drop("clinic_a")
    assert not (tmp_path / "vectors").exists()


def test_folder_holds_no_text(store: VectorStore, tmp_path: Path) -> None:
    """The rows are encrypted; Chroma's files are not: only ids and numbers may stand in them."""
    store.upsert("clinic_a", ["chunk_known_id"], axis(0))
    store.close()
    data = (tmp_path / "vectors" / "clinic_a" / "chroma.sqlite3").read_bytes()
    assert b"chunk_known_id" in data
    assert b"chroma:document" not in data


def test_another_embedders_index_is_refused_with_the_remedy(store: VectorStore, tmp_path: Path) -> None:
    """Vectors of two models have nothing to do with each other: their cosines would be noise that looks like scores."""
    store.upsert("clinic_a", ["x"], axis(0))
    store.close()
    other = VectorStore(tmp_path / "vectors", Other())
    for act in (lambda: other.search("clinic_a", axis(0)[0], 1), lambda: other.upsert("clinic_a", ["y"], axis(1))):
        with pytest.raises(IndexMismatch, match="doctor --rebuild"):
            act()
    other.drop("clinic_a")
    other.upsert("clinic_a", ["y"], axis(1))
    assert other.ids("clinic_a") == {"y"}


def test_broken_index_is_an_error_of_ours(store: VectorStore, tmp_path: Path) -> None:
    """A damaged file makes Chroma raise, or panic, with errors that nobody catches; the desk must go on."""
    store.upsert("clinic_a", ["x"], axis(0))
    store.close()
    (tmp_path / "vectors" / "clinic_a" / "chroma.sqlite3").write_bytes(b"not a database" * 999)
    with pytest.raises(IndexUnreadable, match="doctor --rebuild"):
        store.ids("clinic_a")
    store.drop("clinic_a")
    store.upsert("clinic_a", ["y"], axis(1))
    assert store.ids("clinic_a") == {"y"}


def test_crash_before_chroma_began_heals_itself(store: VectorStore, tmp_path: Path) -> None:
    """A folder without data (killed between two steps) would otherwise be taken for another embedder's for ever."""
    (tmp_path / "vectors" / "clinic_a").mkdir(parents=True)
    assert store.ids("clinic_a") == set()
    store.upsert("clinic_a", ["x"], axis(0))
    assert store.ids("clinic_a") == {"x"}


@pytest.mark.parametrize("clinic_id", ["../other", "", "a/b", "."])
def test_clinic_id_cannot_leave_the_folder(store: VectorStore, clinic_id: str) -> None:
    """`drop` removes a folder with all that is in it: never one outside."""
    for act in (store.ids, store.drop):
        with pytest.raises(IndexUnreadable, match="folder"):
            act(clinic_id)


def test_vectors_are_read_once_and_written_through(store: VectorStore, tmp_path: Path, embedder: Embedder) -> None:
    """Opening a folder takes tens of milliseconds; yet what was removed must be gone from memory at once."""
    store.upsert("clinic_a", ["x", "y"], axis(0, 1))
    store.upsert("clinic_a", ["z"], axis(2))
    store.close()
    again = VectorStore(tmp_path / "vectors", embedder)
    assert [key for key, _ in again.search("clinic_a", axis(2)[0], 1)] == ["z"]
    again._close_idle(0)
    assert [key for key, _ in again.search("clinic_a", axis(1)[0], 1)] == ["y"]
    assert again.open_count == 0
    again.delete("clinic_a", ["y"])
    again.upsert("clinic_a", ["x"], axis(5))
    found = dict(again.search("clinic_a", axis(5)[0], 9))
    assert found == {"x": pytest.approx(1.0, abs=1e-3), "z": pytest.approx(0.0, abs=1e-3)}
    again.drop("clinic_a")
    assert (again.search("clinic_a", axis(2)[0], 9), again.held_bytes) == ([], 0)


def test_memory_for_vectors_is_bounded(tmp_path: Path, embedder: Embedder) -> None:
    """A thousand clinics share one process."""
    store = VectorStore(tmp_path / "vectors", embedder, max_open=2, most_bytes=3000)
    for number in range(6):
        store.upsert(f"clinic_{number}", ["x"], axis(number))
    assert 0 < store.held_bytes <= 3000
    assert all(store.search(f"clinic_{number}", axis(number)[0], 1)[0][0] == "x" for number in range(6))


def test_change_that_failed_is_read_from_disk_again(
    store: VectorStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory must never claim vectors that the disk refused."""
    store.upsert("clinic_a", ["x"], axis(0))
    with monkeypatch.context() as patch, store._collection("clinic_a") as collection:
        patch.setattr(type(collection), "upsert", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(IndexUnreadable, match="disk full"):
            store.upsert("clinic_a", ["y"], axis(1))
    assert store.ids("clinic_a") == {"x"}


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts files in /proc")
def test_open_folders_are_bounded(store: VectorStore) -> None:
    """Each open clinic costs megabytes and file handles: 300 of them were 1 GB and 1,216 handles."""
    files = []
    for number in range(12):
        store.upsert(f"clinic_{number}", ["x"], axis(0))
        assert store.search(f"clinic_{number}", axis(0)[0], 1)
        files.append(len(os.listdir("/proc/self/fd")))
        assert store.open_count <= 2
    assert max(files[2:]) <= files[1] + 8
    assert store.search("clinic_0", axis(0)[0], 1)[0][0] == "x"


def test_threads_share_it_while_folders_open_and_close(store: VectorStore) -> None:
    """A folder that is closed under a reader fails inside Chroma: those in use must stay open."""
    clinics = [f"clinic_{number}" for number in range(5)]
    for number, clinic in enumerate(clinics):
        store.upsert(clinic, [clinic], axis(number))

    def visit(turn: int) -> None:
        number = turn % len(clinics)
        assert store.search(clinics[number], axis(number)[0], 1)[0][0] == clinics[number]
        if turn % 7 == 0:
            store.upsert(clinics[number], [f"more_{turn}"], axis(200 + turn))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(visit, range(120)))
    assert store.open_count <= 2


def test_drop_waits_for_readers(store: VectorStore, tmp_path: Path) -> None:
    """Removing files under a running search would fail it."""
    store.upsert("clinic_a", ["x"], axis(0))
    with store._collection("clinic_a") as collection:
        dropping = threading.Thread(target=store.drop, args=("clinic_a",))
        dropping.start()
        dropping.join(0.2)
        assert dropping.is_alive()
        assert collection.count() == 1
    dropping.join(10)
    assert not (tmp_path / "vectors" / "clinic_a").exists()


def test_disk_that_refuses_is_an_error_of_ours(tmp_path: Path, embedder: Embedder) -> None:
    """A full or read-only disk must reach the job as something that it can retry."""
    (tmp_path / "vectors").write_text("a file stands where the folder should be")
    with pytest.raises(IndexUnreadable):
        VectorStore(tmp_path / "vectors", embedder).upsert("clinic_a", ["x"], axis(0))


def test_folder_in_use_is_not_closed(store: VectorStore) -> None:
    """With more clinics asked at once than may be open, one would be closed under its reader."""
    for number in range(4):
        store.upsert(f"clinic_{number}", ["x"], axis(0))
    with store._collection("clinic_0") as collection:
        for number in (1, 2, 3):
            assert store.ids(f"clinic_{number}") == {"x"}
        assert collection.count() == 1
    assert store.open_count <= 2


OPENED = """
import sys
from pathlib import Path
import numpy as np
from knowledge.vectors import VectorStore

class Two:
    name, dimension = "two:0", 2

store = VectorStore(Path(sys.argv[1]), Two())
store.upsert("clinic_a", ["x"], np.eye(2, dtype=np.float32)[:1])
print([key for key, _ in store.search("clinic_a", np.eye(2, dtype=np.float32)[0], 1)], "grpc" in sys.modules)
"""


def test_chroma_can_send_nothing_of_itself(tmp_path: Path) -> None:
    """Whatever the environment says: its traces would go to a stranger's machine, and what sends them takes memory."""
    told = {**os.environ, "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://127.0.0.1:9"}
    command = [sys.executable, "-c", OPENED, str(tmp_path)]
    said = subprocess.run(command, env=told, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout.split() == ["['x']", "False"]
