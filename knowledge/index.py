"""Chunks in: embeds them and keeps their vectors; mends the copy when it differs from the rows."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from knowledge.embedders import Embedder, Vectors
from knowledge.errors import EmbedderMissing, IndexMismatch
from knowledge.reader import Reader
from knowledge.sentences import digest, pack, unpack
from knowledge.types import Chunk
from knowledge.vectors import VectorStore

log = logging.getLogger(__name__)
STEP = 64
"""Chunks that are embedded and stored before progress is told."""
KEPT = 8_192
"""Short texts whose vectors stay in memory: 1 kB each with the shipped embedder. Those of papers lie on disk too."""

FIRST_ASKED = "Are you open today?"

Progress = Callable[[int, int], None]
Wanted = Mapping[str, str] | Callable[[], Mapping[str, str]]


class Index:
    """The vectors of all clinics. Threads may share it. Everything that reads or writes raises KnowledgeError."""

    def __init__(
        self, embedder: Embedder, vectors: VectorStore, *, asking: Embedder | None = None, reader: Reader | None = None
    ) -> None:
        """`asking` makes the vectors of questions, where the model tells them from passages."""
        self._reader = reader
        self._embedder = embedder
        self._asking = asking or embedder
        self._vectors = vectors
        self._ready = threading.Event()
        self._mending = threading.Lock()
        self._young: set[tuple[str, str]] = set()
        self._kept: OrderedDict[bytes, Any] = OrderedDict()
        self._keeping = threading.Lock()

    @property
    def ready(self) -> bool:
        """True once `warm` is through: before that a search would wait for seconds."""
        return self._ready.is_set()

    def warm(self) -> None:
        """Loads embedder and vector store; call it from a background thread when a server starts."""
        self._asking.encode([FIRST_ASKED])
        self._warm_reader()
        self._vectors.warm()
        self._ready.set()

    def _warm_reader(self) -> None:
        """Without it vectors decide: nothing else waits for it, or fails with it."""
        if self._reader is None:
            return
        try:
            self._reader.odds(FIRST_ASKED, [FIRST_ASKED])
        except Exception as problem:  # native code as well; doctor says what is wrong
            log.error("The reader cannot be loaded, so vectors decide alone: %s", type(problem).__name__)

    def add(self, clinic_id: str, chunks: Sequence[Chunk], progress: Progress | None = None) -> None:
        """Embeds and stores; a chunk that is there already is replaced. `progress` is told (done, total) in chunks."""
        self._young.update((clinic_id, chunk.id) for chunk in chunks)
        self._store(clinic_id, [(chunk.id, chunk.searchable()) for chunk in chunks], progress)

    def remove(self, clinic_id: str, ids: Sequence[str]) -> None:
        """Forgets the vectors; unknown ids are no error."""
        self._young.difference_update((clinic_id, key) for key in ids)
        self._vectors.delete(clinic_id, ids)

    def drop(self, clinic_id: str) -> None:
        """Removes everything kept for the clinic, also what another embedder made."""
        self._vectors.drop(clinic_id)

    def repair(self, clinic_id: str, want: Wanted, *, most: int | None = None) -> tuple[int, int]:
        """Makes the ids equal to those of `want` (id to searchable text). Returns (added, removed); adds not more than
        `most`, so that who calls it may stop between.

        What `add` stored since this process began stays until a `want` has named it once: its paper may be about to be
        published, and would then be live without vectors. What is not wanted any more once it is stored (embedding
        takes long, and a paper may be deleted meanwhile) goes again. Vectors of another embedder, as after an upgrade,
        go first, all of them: none is ever compared with one of this embedder.
        """
        with self._mending:
            wanted = want() if callable(want) else want
            have = self._own_ids(clinic_id)
            missing = [(key, text) for key, text in wanted.items() if key not in have][:most]
            spare = {key for key in have - wanted.keys() if (clinic_id, key) not in self._young}
            self._young.difference_update((clinic_id, key) for key in wanted)
            self._store(clinic_id, missing, None)
            if missing and callable(want):
                spare |= {key for key, _ in missing} - want().keys()
            if spare:
                self._vectors.delete(clinic_id, sorted(spare))
            return len(missing), len(spare)

    def _own_ids(self, clinic_id: str) -> set[str]:
        try:
            return self._vectors.ids(clinic_id)
        except IndexMismatch:
            self._vectors.drop(clinic_id)
            return set()

    def load(self, clinic_id: str) -> None:
        """Brings the clinic's vectors into memory."""
        self._vectors.ids(clinic_id)

    def search(self, clinic_id: str, question: str, limit: int, beside: Sequence[str] = ()) -> dict[str, float]:
        """Id to cosine similarity of the `limit` nearest chunks, best first. `beside` are texts that `likeness` will be
        asked about next: together they take little longer than one."""
        return dict(self._vectors.search(clinic_id, self._encoded([question, *beside])[0], limit))

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine similarity of `question` with each of `texts`, short ones that are asked about again and again."""
        vectors = self._encoded([question, *texts])
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    def odds(self, question: str, pieces: Sequence[str]) -> list[float]:
        """For each of `pieces`, read with `question`, the logarithm of its odds beside those of nothing answering."""
        if self._reader is None:
            raise EmbedderMissing("This index has no reader.", "Make it with one.")
        return self._reader.odds(question, pieces)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), of length 1; short texts that are asked about again and again."""
        return self._encoded(texts)

    def alike(self, texts: Sequence[str]) -> list[list[float]]:
        """Cosine similarity of each of `texts` with each, in their order. Nothing is stored but in memory."""
        if not texts:
            return []
        vectors = self._encoded(texts)
        likeness: list[list[float]] = (vectors @ vectors.T).tolist()
        return likeness

    @property
    def compares_by(self) -> str:
        """Says which weights make the vectors that `likeness` compares."""
        return self._asking.name

    def packed(self, texts: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
        """For each key the vectors of its texts, to be kept and given back to `recall`."""
        every = list(dict.fromkeys(text for some in texts.values() for text in some))
        vectors = dict(zip(every, self._asking.encode(every), strict=True)) if every else {}
        return {key: _pack(some, vectors) for key, some in texts.items()}

    def recall(self, packed: Iterable[bytes]) -> None:
        """Takes vectors into memory that `packed` made, so that no patient waits for them."""
        rows = [row for one in packed for row in unpack(one, self._asking.dimension)]
        with self._keeping:
            for key, row in rows:
                self._keep(key, row)

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension); those of texts seen lately are not made again. They are kept under a digest:
        no words of a patient stay in memory longer than the question."""
        import numpy as np

        keys = [digest(text) for text in texts]
        with self._keeping:
            known = {key: self._kept[key] for key in keys if key in self._kept}
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if fresh:
            vectors = self._asking.encode(list(fresh.values()))
            known.update((key, row.astype(np.float16)) for key, row in zip(fresh, vectors, strict=True))
        with self._keeping:
            for key in keys:
                self._keep(key, known[key])
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _keep(self, key: bytes, row: Any) -> None:
        """The longest unused go."""
        self._kept[key] = row
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Closes the vector store's files."""
        self._vectors.close()

    def _store(self, clinic_id: str, texts: Sequence[tuple[str, str]], progress: Progress | None) -> None:
        for start in range(0, len(texts), STEP):
            part = texts[start : start + STEP]
            vectors = self._embedder.encode([text for _, text in part])
            self._vectors.upsert(clinic_id, [key for key, _ in part], vectors)
            if progress is not None:
                progress(start + len(part), len(texts))


def _pack(texts: Sequence[str], vectors: Mapping[str, Any]) -> bytes:
    import numpy as np

    return pack(texts, np.stack([vectors[text] for text in texts])) if texts else b""
