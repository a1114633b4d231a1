"""Sentences taken from a paper word for word: true as they stand, unless they need a lead or a question above them."""

import re
from functools import lru_cache

from app.answering.grounding.vocabulary import vocabulary
from app.answering.sentences import sentences
from app.answering.terms import fold
from knowledge.types import Chunk, ChunkKind

FEWEST_WORDS = 3


def stands_in(text: str, chunk: Chunk) -> bool:
    """Whether `text` is a whole sentence, or a whole row as it is shown, of `chunk`."""
    return _bare(text) in _whole(chunk)


@lru_cache(maxsize=1_000)
def _whole(chunk: Chunk) -> frozenset[str]:
    if chunk.kind is ChunkKind.ROW:
        shown = "; ".join(f"{head}: {value}" if head else value for head, value in chunk.cells if value.strip())
        return frozenset({_bare(shown)})
    pieces = [piece for line in (chunk.text, *chunk.text.splitlines()) for piece in sentences(line)]
    whole = [piece for piece in pieces if len(piece.split()) >= FEWEST_WORDS and _alone(piece, chunk)]
    if chunk.kind is ChunkKind.LIST and chunk.lead:
        return frozenset(_bare(f"{chunk.lead} {piece}") for piece in whole)
    return frozenset(map(_bare, whole))


def _alone(piece: str, chunk: Chunk) -> bool:
    """Whether it can be understood alone ("It costs $40" cannot), and is meant for patients."""
    talk, folded = vocabulary().talk, fold(piece)
    answers = bool(talk["affirmed"].match(folded) or talk["denied"].match(folded))
    return not ((answers and chunk.lead) or talk["instruction"].search(folded) or talk["pronoun"].match(folded))


def _bare(text: str) -> str:
    return re.sub(r"^[-*•·‣▪–\s]+|[\s.!*]+$", "", " ".join(text.replace("’", "'").split()))
