"""What an answer is, and what an answerer promises."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from app.qualification.payers import PayerStatus
from knowledge.types import Passage


class AnswerKind(StrEnum):
    """How a part of a reply came about; the values are part of the HTTP contract."""

    ANSWER = "answer"
    PAYER = "payer"
    REFUSAL = "refusal"
    CLARIFY = "clarify"
    EMERGENCY = "emergency"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands. `quote` is verbatim text of the paper."""

    document: str
    page: int | None
    heading: str | None
    quote: str
    effective: date | None


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """What a PAYER answer decided. `asked` are the patient's words, `row_id` the row that decided."""

    asked: str
    plan: str | None
    status: PayerStatus
    row_id: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's answer. A REFUSAL has no text of its own: the desk's wording says it. `disagreement`: two papers
    say different things, and the answer quotes both; a person has to say which holds."""

    kind: AnswerKind
    question: str
    text: str
    citations: tuple[Citation, ...] = field(default=())
    payer: PayerFacts | None = None
    disagreement: bool = False


class Answerer(Protocol):
    """Turns passages into an answer that they support, or refuses."""

    def sought(self, question: str) -> str:
        """The words to search the papers with: the question's and those that papers use for the same."""
        ...

    def answer(self, question: str, passages: Sequence[Passage]) -> Answer:
        """`passages` come best first. Every statement of the answer stands in a citation's quote."""
        ...
