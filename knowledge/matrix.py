"""One clinic's vectors in memory, searched exactly: milliseconds for thousands, where opening files takes tens."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from knowledge.embedders import Vectors

if TYPE_CHECKING:
    import numpy.typing as npt

    Rows = npt.NDArray[Any]

STEP = 1024
"""Rows that are widened to float32 at a time: they stay in the processor's cache."""
ID_BYTES = 100
"""What an id takes as a Python string in a list."""


class Matrix:
    """Ids and their unit vectors, held as float16, which moves a cosine by less than 0.001. Never changes: a change
    makes another, so that a thread that is searching needs no lock."""

    def __init__(self, ids: Sequence[str], vectors: "Rows") -> None:
        """`vectors` has the shape (len(ids), dimension) and rows of length 1; a repeated id keeps its last row."""
        import numpy as np

        last = {key: row for row, key in enumerate(ids)}
        self._ids = [sys.intern(key) for key in last]  # the word index holds the same ids
        self._rows: Rows = vectors[list(last.values())].astype(np.float16)

    @property
    def ids(self) -> list[str]:
        return self._ids

    @property
    def bytes(self) -> int:
        """Memory that it takes, nearly."""
        return self._rows.nbytes + ID_BYTES * len(self._ids)

    def with_rows(self, ids: Sequence[str], vectors: Vectors) -> "Matrix":
        """Those of `ids` added or replaced."""
        import numpy as np

        return Matrix([*self._ids, *ids], np.concatenate([self._rows, vectors]) if self._ids else vectors)

    def without(self, ids: Sequence[str]) -> "Matrix":
        """Those of `ids` that are there removed."""
        gone = set(ids)
        kept = [row for row, key in enumerate(self._ids) if key not in gone]
        return Matrix([self._ids[row] for row in kept], self._rows[kept])

    def nearest(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The `limit` nearest ids with their cosine similarity, best first. `vector` has the shape (dimension,)."""
        import numpy as np

        if not self._ids:
            return []
        parts = (self._rows[start : start + STEP] for start in range(0, len(self._ids), STEP))
        cosines = np.concatenate([part.astype(np.float32) @ vector for part in parts])
        best = np.argpartition(-cosines, limit)[:limit] if limit < len(cosines) else np.arange(len(cosines))
        order = best[np.argsort(-cosines[best], kind="stable")]
        return [(self._ids[row], float(cosines[row])) for row in order]
