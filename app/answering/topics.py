"""Whether a question and a piece of a paper are about one topic of the trade though they share no word: each is
compared with examples of what patients ask and of what papers say about it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from app.answering.terms import data

Matrix = Any
"""An array of float32. NumPy is imported by what computes: a server that is asked nothing does without it."""
Vectors = Callable[[Sequence[str]], Matrix]
"""Vectors of length 1 of short texts, a row each, as `knowledge.index.Index.vectors` gives them."""

ASKED, TOLD = "asked", "told"
FILE = "topics.npz"
# How fast a topic's share falls with its distance, and the cosine from which on an example is near; measured.
WIDTH, NEAR = 0.05, 0.4
# The least cosine of one example with itself, embedded here and in the file.
SAME_MODEL = 0.97
# Likenesses above the mean of all topics, raised to this power: the nearest topics decide.
SHARPNESS = 4


def examples(side: str) -> Iterator[tuple[int, str]]:
    """(number of the topic, text) of each example of `side`."""
    return ((at, text) for at, sides in enumerate(data("topics.yaml").values()) for text in sides[side])


def digest() -> str:
    """Of all examples: vectors of other ones are of no use."""
    every = repr([list(examples(side)) for side in (ASKED, TOLD)])
    return hashlib.blake2b(every.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Shared:
    """What a question and a piece have in common: `topic` the chance that both are of one topic, `profile` how alike
    their distances from all topics are; 0 to 1."""

    topic: float = 0.0
    profile: float = 0.0


NOTHING_SHARED = Shared()


class Topics:
    """Compares through the examples. Threads may share it. Where `topics.npz` is of other examples or of another model
    than `vectors`, they are embedded when they are first needed."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def shared(self, question: str, pieces: Sequence[str], leads: Sequence[str]) -> list[Shared]:
        """One for each of `pieces`; `leads` are the clinic's own questions that they answer, empty where they answer
        none."""
        import numpy as np

        if not pieces:
            return []
        asked = [lead for lead in dict.fromkeys(leads) if lead]
        found = self._vectors([question, *pieces, *asked])
        near_asked = self._near(ASKED, np.concatenate([found[:1], found[1 + len(pieces) :]]))
        near_told = self._near(TOLD, found[1 : 1 + len(pieces)])
        of_lead = dict(zip(asked, near_asked[1:], strict=True))
        for at, lead in enumerate(leads):
            if lead:
                near_told[at] = np.maximum(near_told[at], of_lead[lead])
        chance, profile = _chances(near_asked[0]), _profile(near_asked[0])
        return [Shared(float(chance @ _chances(near)), float(profile @ _profile(near))) for near in near_told]

    def _near(self, side: str, found: Matrix) -> Matrix:
        """The cosine of each text with the nearest example of each topic; shape (texts, topics)."""
        import numpy as np

        known, starts = self._known[side]
        return np.maximum.reduceat(found @ known.T, starts, axis=1)

    @cached_property
    def _known(self) -> Mapping[str, tuple[Matrix, Matrix]]:
        kept = _shipped()
        if kept is not None and not self._is_of_this_model(kept):
            kept = None
        return {side: self._side(side, kept) for side in (ASKED, TOLD)}

    def _is_of_this_model(self, kept: Mapping[str, Any]) -> bool:
        import numpy as np

        here, there = self._vectors([next(examples(ASKED))[1]])[0], kept[ASKED][0].astype(np.float32)
        return here.shape == there.shape and float(here @ there) > SAME_MODEL * float(np.linalg.norm(there))

    def _side(self, side: str, kept: Mapping[str, Any] | None) -> tuple[Matrix, Matrix]:
        import numpy as np

        numbers = np.array([number for number, _ in examples(side)])
        starts = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
        if kept is None:
            return self._vectors([text for _, text in examples(side)]), starts
        rough = kept[side].astype(np.float32)
        return rough / np.linalg.norm(rough, axis=1, keepdims=True), starts


def _shipped() -> Mapping[str, Any] | None:
    import numpy as np

    with files("app.answering").joinpath(FILE).open("rb") as file:
        kept = dict(np.load(file, allow_pickle=False))
    return kept if str(kept["digest"]) == digest() else None


def _chances(near: Matrix) -> Matrix:
    import numpy as np

    odds = np.exp((near - NEAR) / WIDTH)
    return np.asarray(odds / (1 + odds.sum()))


def _profile(near: Matrix) -> Matrix:
    import numpy as np

    above = np.maximum(near - near.mean(), 0.0) ** SHARPNESS
    return np.asarray(above / max(float(np.linalg.norm(above)), 1e-9))
