"""Text to vectors: the shipped MiniLM on onnxruntime, any ONNX folder, or any sentence-transformers model by setting.

Heavy libraries are imported at the first use, so that a process that never embeds does not pay for them.
"""

import hashlib
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from knowledge.errors import EmbedderMissing
from knowledge.onnx_model import MAX_TOKENS, OnnxModel
from knowledge.onnx_model import Vectors as Vectors  # read from here by everything that compares vectors

if TYPE_CHECKING:
    import numpy.typing as npt

MINILM = Path(__file__).parent / "models" / "clinic-minilm-int8"
BATCH = 8
"""Texts that another model embeds at once."""


class Embedder(Protocol):
    """Turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """Says which weights made a vector: equal names mean comparable vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), float32, every row of length 1. Raises EmbedderMissing."""
        ...


class OnnxEmbedder:
    """A folder that `OnnxModel` reads; what it says of a text is the text's vector."""

    def __init__(self, folder: Path, *, threads: int = 2, max_tokens: int = MAX_TOKENS) -> None:
        self._model = OnnxModel(folder, threads=threads, max_tokens=max_tokens)

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def dimension(self) -> int:
        return self._model.width

    def encode(self, texts: Sequence[str]) -> Vectors:
        return _unit(self._model.means(texts))


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or folder. Needs the extra [models]; loads at the first use."""

    def __init__(self, model: str, *, batch: int = BATCH) -> None:
        self._wanted = model
        self._batch = batch
        self._loading = threading.Lock()
        self._loaded: Any = None
        self._name: str | None = None

    @property
    def name(self) -> str:
        """The model's last name and the first 12 hex digits of the SHA-256 of its weights."""
        if self._name is None:
            digest = hashlib.sha256()
            for key, tensor in sorted(self._load().state_dict().items()):
                digest.update(key.encode() + tensor.cpu().contiguous().float().numpy().tobytes())
            self._name = f"{Path(self._wanted).name}:{digest.hexdigest()[:12]}"
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._load().get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        model = self._load()
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return _unit(model.encode(list(texts), batch_size=self._batch, show_progress_bar=False))

    def _load(self) -> Any:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
        return self._loaded

    def _open(self) -> Any:
        try:
            library = import_module("sentence_transformers")
        except ImportError as error:
            message = f"The embedder {self._wanted!r} needs sentence-transformers, which is not installed."
            raise EmbedderMissing(message, "Install the extra: pip install 'frontdesk[models]'.") from error
        try:
            return library.SentenceTransformer(self._wanted, device="cpu")
        except Exception as error:  # a wrong name, no network or a broken file: each another exception
            message = f"sentence-transformers cannot load {self._wanted!r}: {error}"
            raise EmbedderMissing(
                message, "Name a folder that holds the model, or a model that can be fetched."
            ) from error


def open_embedder(setting: str, *, threads: int = 2) -> Embedder:
    """`minilm` (the shipped one), `onnx:FOLDER`, or `st:NAME_OR_FOLDER`. Loads nothing yet."""
    kind, _, value = setting.partition(":")
    if setting == "minilm":
        return OnnxEmbedder(MINILM, threads=threads)
    if kind == "onnx" and value:
        return OnnxEmbedder(Path(value), threads=threads)
    if kind == "st" and value:
        return SentenceTransformerEmbedder(value)
    raise EmbedderMissing(f"Unknown embedder {setting!r}.", "Use minilm, onnx:FOLDER or st:NAME_OR_FOLDER.")


def _unit(vectors: "npt.NDArray[Any]") -> Vectors:
    """Rows scaled to length 1; a row of zeros stays zero."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
