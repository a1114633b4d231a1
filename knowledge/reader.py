"""How far a piece of a paper answers a question, by a model that reads both together.

Vectors are made of each alone, and put "Illness is excused" and "$55 if you do not come" equally near to "I woke up
sick, do I pay". Reading both costs as much as embedding the piece, so it is asked about a few pieces only.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from knowledge.errors import EmbedderMissing
from knowledge.onnx_model import OnnxModel, Vectors

CLINIC_READER = Path(__file__).parent / "models" / "clinic-reader-int8"
HEAD = "head.npy"
"""Shape (width + 1,), float32: the weights of the model's numbers, and what is added."""


class Reader(Protocol):
    """Judges pieces of papers by what is asked."""

    def odds(self, question: str, pieces: Sequence[str]) -> list[float]:
        """For each of `pieces` the logarithm of its odds beside those of nothing answering. Raises EmbedderMissing."""
        ...


class OnnxReader:
    """A folder that `OnnxModel` reads, with a `head.npy`. Loads at the first use; threads may share it."""

    def __init__(self, folder: Path = CLINIC_READER, *, threads: int = 2) -> None:
        self._folder = folder
        self._model = OnnxModel(folder, threads=threads)

    @property
    def name(self) -> str:
        """Says which weights judge."""
        return self._model.name

    def odds(self, question: str, pieces: Sequence[str]) -> list[float]:
        if not pieces:
            return []
        means = self._model.means([(question, piece) for piece in pieces])
        found: list[float] = (means @ self._head[:-1] + self._head[-1]).tolist()
        return found

    @cached_property
    def _head(self) -> Vectors:
        import numpy as np

        path = self._folder / HEAD
        try:
            head: Vectors = np.load(path, allow_pickle=False)
        except FileNotFoundError as error:
            raise EmbedderMissing(f"{str(path)!r} is missing.", "Restore the folder, or install again.") from error
        except (OSError, ValueError, EOFError) as error:
            raise EmbedderMissing(f"{str(path)!r} cannot be read.", "Restore the folder, or install again.") from error
        return head
