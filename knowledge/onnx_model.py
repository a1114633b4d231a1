"""A model of the BERT kind on onnxruntime: a folder with its weights and its words, run on the CPU."""

import ctypes
import hashlib
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakValueDictionary

from knowledge.errors import EmbedderMissing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Vectors: TypeAlias = "npt.NDArray[np.float32]"

MAX_TOKENS = 256
FEW = 8
"""Up to so many texts are taken apart one by one: the library's batches start threads, which take longer."""
MANY = 32  # texts after which memory is handed back
TOKENS_AT_ONCE = 256
"""Enough to keep two cores busy. More at once is slower: longer texts are padded more, and states leave the cores'
caches (1,024 at once take a quarter more of processor time)."""

Text = str | tuple[str, str]
"""What the model reads at once: one text, or two that it tells apart by the mark between them."""

_opening = threading.Lock()
_tokenizers: "WeakValueDictionary[tuple[str, int], Any]" = WeakValueDictionary()


class OnnxModel:
    """A folder with `model.onnx` and `tokenizer.json`. Loads at the first use; threads may share it.

    The model takes `input_ids` and `attention_mask` (and `token_type_ids` when it asks for them) and returns either
    token states, which are averaged over the mask, or one vector a text.
    """

    def __init__(self, folder: Path, *, threads: int = 2, max_tokens: int = MAX_TOKENS) -> None:
        self._folder = folder
        self._threads = threads
        self._max_tokens = max_tokens
        self._loading = threading.Lock()
        self._loaded: tuple[Any, Any, bool] | None = None
        self._name: str | None = None

    @property
    def name(self) -> str:
        """The folder's name and the first 12 hex digits of the SHA-256 of model and tokenizer."""
        if self._name is None:
            digest = hashlib.sha256()
            for part in self._parts():
                digest.update(part.read_bytes())
            self._name = f"{self._folder.name}:{digest.hexdigest()[:12]}"
        return self._name

    @property
    def width(self) -> int:
        """Numbers in what it says of one text."""
        size = self._load()[1].get_outputs()[0].shape[-1]
        return size if isinstance(size, int) else int(self.means(["."]).shape[1])

    def means(self, texts: Sequence[Text]) -> Vectors:
        """Shape (len(texts), width), float32: what the model says of each text, as the mean of its tokens. Long texts
        are cut at `max_tokens`, of two the longer one. Short ones of like length share a batch: little padding is
        computed. Raises EmbedderMissing."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.width), np.float32)
        tokens = self._tokens(texts)
        found: dict[int, Vectors] = {}
        for rows in _batches([len(one) for one in tokens]):
            found.update(zip(rows, self._batch_means([tokens[row] for row in rows]), strict=True))
        if len(texts) > MANY:
            _give_back()
        return np.stack([found[row] for row in range(len(texts))])

    def _tokens(self, texts: Sequence[Text]) -> list[list[int]]:
        tokenizer = self._load()[0]
        if len(texts) > FEW:
            return [one.ids for one in tokenizer.encode_batch(list(texts))]
        parts = [(text,) if isinstance(text, str) else text for text in texts]
        return [tokenizer.encode(*part).ids for part in parts]

    def _batch_means(self, tokens: list[list[int]]) -> Vectors:
        import numpy as np

        _, session, wants_types = self._load()
        lengths = np.array([len(one) for one in tokens])
        ids = np.zeros((len(tokens), lengths.max()), np.int64)
        mask = (np.arange(ids.shape[1]) < lengths[:, None]).astype(np.int64)
        ids[mask > 0] = np.concatenate(tokens)
        feed = {"input_ids": ids, "attention_mask": mask} | (
            {"token_type_ids": np.zeros_like(ids)} if wants_types else {}
        )
        states = session.run(None, feed)[0]
        if states.ndim == 3:
            states = (states * mask[..., None]).sum(axis=1) / lengths[:, None]
        return np.asarray(states, np.float32)

    def _load(self) -> tuple[Any, Any, bool]:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
        return self._loaded

    def _open(self) -> tuple[Any, Any, bool]:
        onnxruntime = import_module("onnxruntime")
        model, words = self._parts()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = True  # batches are small, so it is; fresh pages take a sixth of the time
        options.enable_mem_pattern = False  # every batch has its own shape: a plan would be made and never used again
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to the web server
        if not adds_products_whole():
            options.add_session_config_entry("session.x64quantprecision", "1")
        try:
            session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            tokenizer = _tokenizer(words, self._max_tokens)
        except Exception as error:  # both libraries raise bare exceptions of their own making
            message = f"The model in {str(self._folder)!r} cannot be loaded: {error}"
            raise EmbedderMissing(message, "Restore the folder, or name another embedder in the settings.") from error
        _give_back()
        return tokenizer, session, "token_type_ids" in {one.name for one in session.get_inputs()}

    def _parts(self) -> tuple[Path, Path]:
        parts = self._folder / "model.onnx", self._folder / "tokenizer.json"
        for part in parts:
            if not part.is_file():
                raise EmbedderMissing(f"{str(part)!r} is missing.", "The folder of an ONNX model holds both files.")
        return parts


def adds_products_whole(flags: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor adds products of eight-bit numbers up in 32 bits (VNNI). Older ones of the x86 kind do so
    in 16, which overflow: there, and where nobody says, onnxruntime takes its right way, which is half as fast."""
    try:
        return not {"avx512_vnni", "avx_vnni"}.isdisjoint(flags.read_text("utf-8").split())
    except OSError:
        return False


def _tokenizer(path: Path, max_tokens: int) -> Any:
    """Models that take words apart alike share one: it is 8 MB."""
    words = path.read_bytes()
    key = hashlib.sha256(words).hexdigest(), max_tokens
    with _opening:
        tokenizer = _tokenizers.get(key)
        if tokenizer is None:
            tokenizer = _tokenizers[key] = import_module("tokenizers").Tokenizer.from_buffer(words)
            tokenizer.enable_truncation(max_tokens)
            tokenizer.no_padding()  # its padding would be to the longest of all texts
    return tokenizer


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows of texts with so many tokens, short ones first, so that a batch has at most TOKENS_AT_ONCE with its
    padding. A longer text is alone."""
    rows: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if rows and (len(rows) + 1) * lengths[row] > TOKENS_AT_ONCE:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


def _give_back() -> None:
    """Hands freed memory back to the system: loading a model, and many texts, leave 90 MB that glibc would keep."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # absent from musl
        if trim is not None:
            trim(0)
