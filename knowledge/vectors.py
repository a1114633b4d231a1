"""Chunk ids and vectors on disk, one Chroma folder per clinic. The only file that knows Chroma; no text is kept in it.

A clinic's vectors are read once and then searched in memory. Only those folders stay open that were lately read or
written, and few of them, because each open one costs megabytes and file handles.
"""

import json
import re
import shutil
import sys
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from knowledge.embedders import Embedder, Vectors
from knowledge.errors import IndexMismatch, IndexUnreadable, KnowledgeError
from knowledge.lately_used import LatelyUsed
from knowledge.matrix import Matrix

REBUILD = "Run: frontdesk doctor --rebuild"
MARKER = "embedder.json"
DATA = "chroma.sqlite3"  # Chroma's own name
GRAPH = {"space": "cosine", "ef_construction": 2, "max_neighbors": 2, "ef_search": 2}
"""The least graph that Chroma can be told to make: nobody searches it, and a good one takes time."""
STEP = 1000  # rows in one call: Chroma refuses more than a few thousand
MOST_BYTES = 320 * 2**20
"""Vectors kept in memory: those of 1,200 clinics of 300 chunks with the shipped embedder."""


@dataclass(slots=True)
class _Open:
    client: Any
    collection: Any
    users: int = 0


class VectorStore:
    """Vectors of many clinics under `root`. Safe to share by threads; one process at a time.

    `embedder` says whose vectors these are: a clinic's folder that was filled by another is refused with IndexMismatch.
    All methods raise IndexUnreadable when Chroma or the disk fails.
    """

    def __init__(self, root: Path, embedder: Embedder, *, max_open: int = 4, most_bytes: int = MOST_BYTES) -> None:
        self._root = root
        self._embedder = embedder
        self._max_open = max_open
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._state = threading.Condition()
        self._matrices: LatelyUsed[Matrix] = LatelyUsed(most_bytes)
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def upsert(self, clinic_id: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Adds or replaces; `vectors` has one row per id."""
        if not ids:
            return
        with self._changing(clinic_id) as known, self._collection(clinic_id, make=True) as collection:
            if known is None and not collection.count():
                known = Matrix([], vectors[:0])
            for start in range(0, len(ids), STEP):
                part = slice(start, start + STEP)
                collection.upsert(ids=list(ids[part]), embeddings=vectors[part])
            if known is not None:
                self._matrices.put(clinic_id, known.with_rows(ids, vectors))

    def delete(self, clinic_id: str, ids: Sequence[str]) -> None:
        """Removes; ids that are not there are no error."""
        with self._changing(clinic_id) as known, self._collection(clinic_id) as collection:
            for start in range(0, len(ids) if collection else 0, STEP):
                collection.delete(ids=list(ids[start : start + STEP]))
            if known is not None:
                self._matrices.put(clinic_id, known.without(ids))

    def ids(self, clinic_id: str) -> set[str]:
        """Every id that has a vector."""
        matrix = self._matrix(clinic_id)
        return set(matrix.ids) if matrix is not None else set()

    def search(self, clinic_id: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The `limit` nearest ids with their cosine similarity, best first. `vector` has the shape (dimension,)."""
        matrix = self._matrix(clinic_id)
        return matrix.nearest(vector, limit) if matrix is not None else []

    def drop(self, clinic_id: str) -> None:
        """Removes all that is kept for the clinic. Waits for those who are reading it."""
        folder = self._folder(clinic_id)
        with self._changing(clinic_id), self._state:
            self._state.wait_for(lambda: clinic_id not in self._open or not self._open[clinic_id].users)
            if clinic_id in self._open:
                self._open.pop(clinic_id).client.close()
            try:
                if folder.exists():
                    shutil.rmtree(folder)
            except OSError as error:
                raise IndexUnreadable(f"The index folder {str(folder)!r} cannot be removed: {error}.") from error

    def warm(self) -> None:
        """Imports Chroma, which takes seconds, before anybody waits for it."""
        _chroma()

    def close(self) -> None:
        """Closes what nobody uses at this moment, and frees the memory."""
        self._matrices.clear()
        with self._state:
            self._close_idle(0)

    @property
    def open_count(self) -> int:
        """Clinics whose folder is open now."""
        return len(self._open)

    @property
    def held_bytes(self) -> int:
        """Memory that the vectors of all clinics take, nearly."""
        return self._matrices.bytes

    def _matrix(self, clinic_id: str) -> Matrix | None:
        """The clinic's vectors, read from disk unless they are in memory; None where there are none."""
        known = self._matrices.get(clinic_id)
        if known is not None:
            return known
        with self._turn(clinic_id):
            known = self._matrices.get(clinic_id)  # whoever had the turn before may have read them
            if known is None:
                known = self._read(clinic_id)
                if known is not None:
                    self._matrices.put(clinic_id, known)
            return known

    def _read(self, clinic_id: str) -> Matrix | None:
        import numpy as np

        with self._collection(clinic_id) as collection:
            if not collection:
                return None
            found = collection.get(include=["embeddings"])
            return Matrix(found["ids"], np.asarray(found["embeddings"], np.float32))

    @contextmanager
    def _changing(self, clinic_id: str) -> Iterator[Matrix | None]:
        """One change at a time. Gives what is in memory, and forgets it first: after a change that failed half-way the
        disk alone knows."""
        with self._turn(clinic_id):
            known = self._matrices.get(clinic_id)
            self._matrices.forget(clinic_id)
            yield known

    def _turn(self, clinic_id: str) -> threading.Lock:
        with self._state:
            return self._turns[clinic_id]

    @contextmanager
    def _collection(self, clinic_id: str, *, make: bool = False) -> Iterator[Any]:
        """The clinic's collection, kept open while in use; None where there is none and `make` is false."""
        with _errors(clinic_id):
            with self._state:
                one = self._open.get(clinic_id) or self._open_folder(clinic_id, make)
                if one is not None:
                    one.users += 1
                    self._open[clinic_id] = one
                    self._open.move_to_end(clinic_id)
                    self._close_idle(self._max_open)
            try:
                yield one.collection if one is not None else None
            finally:
                with self._state:
                    if one is not None:
                        one.users -= 1
                        self._close_idle(self._max_open)
                        self._state.notify_all()

    def _open_folder(self, clinic_id: str, make: bool) -> _Open | None:
        folder = self._folder(clinic_id)
        if not (folder / DATA).exists():
            if not make:
                return None
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_marker(folder, self._made_by())
        self._check(folder)
        client = _start(str(folder))
        try:
            collection = client.get_or_create_collection(
                "chunks", embedding_function=None, configuration={"hnsw": GRAPH}
            )
        except BaseException:
            client.close()
            raise
        return _Open(client, collection)

    def _check(self, folder: Path) -> None:
        marker, mine = folder / MARKER, self._made_by()
        theirs = json.loads(marker.read_text()) if marker.exists() else None
        if theirs != mine:
            raise IndexMismatch(f"The index in {folder.name!r} was made by {theirs!r}, not by {mine!r}.", REBUILD)

    def _made_by(self) -> dict[str, object]:
        return {"name": self._embedder.name, "dimension": self._embedder.dimension}

    def _close_idle(self, keep: int) -> None:
        """Closes the longest unused until `keep` are open; those in use stay and are closed when let go."""
        for clinic_id in [key for key, one in self._open.items() if not one.users]:
            if len(self._open) <= keep:
                return
            self._open.pop(clinic_id).client.close()

    def _folder(self, clinic_id: str) -> Path:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", clinic_id):
            raise IndexUnreadable(
                f"{clinic_id!r} cannot be the name of an index folder.", "Use letters, digits, _ or -."
            )
        return self._root / clinic_id


def _write_marker(folder: Path, made_by: dict[str, object]) -> None:
    """In one step: half a marker would look like another embedder's."""
    new = folder / f"{MARKER}.new"
    new.write_text(json.dumps(made_by))
    new.replace(folder / MARKER)


@contextmanager
def _errors(clinic_id: str) -> Iterator[None]:
    """Chroma's errors as ours. A panic of its Rust part is a BaseException, so `except Exception` lets it through."""
    try:
        yield
    except KnowledgeError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise IndexUnreadable(f"The index of {clinic_id!r} cannot be used: {error}.", REBUILD) from error


def _start(path: str) -> Any:
    chromadb = _chroma()
    try:
        silent = chromadb.config.Settings(anonymized_telemetry=False, chroma_otel_collection_endpoint="")
        return chromadb.PersistentClient(path=path, settings=silent)
    except BaseException:
        # Chroma keeps what failed to start and gives it to the next who opens the path, mended or not.
        chromadb.api.shared_system_client.SharedSystemClient._identifier_to_system.pop(path, None)
        raise


_EXPORTER = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"


def _chroma() -> Any:
    # Chroma can send traces of itself over gRPC, whose libraries take 12 MB. Here nothing ever leaves: without an
    # address (`silent`) it makes no exporter, so that none has to be there.
    if _EXPORTER not in sys.modules:
        sys.modules[_EXPORTER] = ModuleType(_EXPORTER)
        sys.modules[_EXPORTER].__dict__["OTLPSpanExporter"] = None
    import chromadb
    import chromadb.api.shared_system_client
    import chromadb.config

    return chromadb
