"""An answerer with the shipped embedder, asked with the passages that a retriever would have handed it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from app.answering.base import Answer
from app.answering.cosines import Models
from app.answering.extractive import ExtractiveAnswerer
from app.answering.topics import Topics
from knowledge.embedders import Embedder, Vectors, open_embedder
from knowledge.reader import OnnxReader
from knowledge.types import Passage


@lru_cache(maxsize=1)
def _embedder() -> Embedder:
    return open_embedder("minilm", threads=1)


@lru_cache(maxsize=1)
def _reader() -> OnnxReader:
    return OnnxReader(threads=1)


@lru_cache(maxsize=4000)
def _vector(text: str) -> Vectors:
    vector: Vectors = _embedder().encode([text])[0]
    return vector


def likeness(question: str, texts: Sequence[str]) -> list[float]:
    """Cosines, as the index gives them."""
    return [float(_vector(question) @ _vector(text)) for text in texts]


def vectors(texts: Sequence[str]) -> Vectors:
    """A row for each text, as the index gives them."""
    return np.stack([_vector(text) for text in texts])


def odds(question: str, pieces: Sequence[str]) -> list[float]:
    """What the reader says, as the index gives it."""
    return _reader().odds(question, pieces)


MODELS = Models(likeness, Topics(vectors), odds)
DESK = ExtractiveAnswerer(MODELS)
WORDS_ONLY = ExtractiveAnswerer()


def found(question: str, passages: Sequence[Passage], limit: int = 8) -> list[Passage]:
    """The nearest `limit` of `passages`, best first, with their cosines."""
    sought = DESK.sought(question)
    near = likeness(sought, [one.chunk.searchable() for one in passages]) if sought else [0.0] * len(passages)
    low, high = min(near, default=0.0), max(near, default=1.0)
    scored = [
        replace(
            one,
            dense=cosine,
            score=(cosine - low) / ((high - low) or 1.0),
            lead=likeness(sought, [one.chunk.lead])[0] if one.chunk.lead.endswith("?") and sought else 0.0,
        )
        for one, cosine in zip(passages, near, strict=True)
    ]
    return sorted(scored, key=lambda one: -one.score)[:limit]


def ask(question: str, passages: Sequence[Passage]) -> Answer:
    """What the desk says with these papers."""
    return DESK.answer(question, found(question, passages))
