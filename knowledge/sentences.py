"""The vectors of a passage's sentences, packed for keeping. Each stands under a digest of its text: a sentence that is
cut otherwise one day is not found and made anew, never mistaken for another."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt

DIGEST = 16


def digest(text: str) -> bytes:
    """16 bytes that stand for `text`."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=DIGEST).digest()


def pack(texts: Sequence[str], vectors: "npt.NDArray[Any]") -> bytes:
    """`vectors` has the shape (len(texts), dimension). Each becomes its digest and its numbers as float16."""
    rows = vectors.astype("<f2")
    return b"".join(digest(text) + row.tobytes() for text, row in zip(texts, rows, strict=True))


def unpack(packed: bytes, dimension: int) -> Iterator[tuple[bytes, Any]]:
    """(digest, float16 of the shape (dimension,)) of each text, in order; nothing for what has another dimension."""
    import numpy as np

    size = DIGEST + 2 * dimension
    if len(packed) % size:
        return
    for start in range(0, len(packed), size):
        numbers = np.frombuffer(packed, "<f2", dimension, start + DIGEST)
        yield packed[start : start + DIGEST], numbers
