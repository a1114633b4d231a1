"""Which of the clinic's own questions means what the patient asked, by vectors alone: for words that no list foresees.
The bounds are measured: of the questions that pass them, most mean the same."""

import re
from collections.abc import Sequence

from app.answering.units import Unit
from knowledge.types import ChunkKind, Passage

# The mean of two cosines, with the whole answer and with its question alone, and its lead over the next question.
NEAR, AHEAD = 0.38, 0.08

_OFFERED = re.compile(
    r"\b(?:do|does|can|could|will|would|are|is) (?:you|u|y'?all|they|it|there|any(?:one|body)?|some(?:one|body)|your?|"
    r"the|this)\b|\b(?:which|who|what) (?:of )?your\b|\b(?:got|any|looking for|sell|rent|hiring)\b|"
    r"^(?:hay|tienen|hacen|ofrecen|aceptan)\b",
    re.IGNORECASE,
)


def closest_question(candidates: Sequence[Unit]) -> Passage | None:
    """The passage whose question is near enough and well ahead of every other, if there is one."""
    seen = {unit.rank: unit.passage for unit in candidates if unit.passage.chunk.kind is ChunkKind.QUESTION}
    order = sorted(seen.values(), key=_nearness, reverse=True)
    if not order or _nearness(order[0]) < NEAR:
        return None
    ahead = _nearness(order[0]) - (_nearness(order[1]) if len(order) > 1 else 0.0)
    return order[0] if ahead >= AHEAD else None


def offered(question: str) -> bool:
    """Whether `question` asks if a certain thing is done, sold, taken or there."""
    return bool(_OFFERED.search(question))


def _nearness(passage: Passage) -> float:
    return (passage.dense + passage.lead) / 2 if passage.lead and passage.dense else 0.0
