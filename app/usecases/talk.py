"""One question's place in a talk: what was asked before it, and which pieces of papers its answer stands in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.answering.base import Answer, Answerer, AnswerKind
from app.dialogue.moves import Answer as AnswerMove
from app.dialogue.state import State, Topic
from knowledge.context import Context
from knowledge.types import Passage

LEANS = 0.5
"""From here on a question is likelier about the last answer than about anything else."""


@dataclass(frozen=True, slots=True)
class Talk:
    """`said` is how the question was put, `leans` how much that left unsaid; `pieces` and `documents` are filled when
    it was answered."""

    topics: tuple[Topic, ...] = ()
    said: str = ""
    leans: float = 0.0
    pieces: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def context(self) -> Context:
        """What moves the search."""
        history = tuple(topic.question for topic in self.topics)
        return Context(history, self.topics[-1].documents if self.topics else (), self.leans)

    def goes_on(self, answerer: Answerer, question: str, passages: Sequence[Passage]) -> Answer | None:
        """The answer to the question as it was put, from the very pieces that were quoted just before: there "is
        there a fee?" need not name its matter again. None when they hold none, or when it takes up another matter."""
        before = self.topics[-1].pieces if self.topics and self.leans >= LEANS else ()
        again = [passage for passage in passages if passage.chunk.id in before]
        if not again or not self.said or not question.startswith(self.said.rstrip(" ?")):
            return None
        found = answerer.answer(self.said, again)
        return replace(found, question=question) if found.kind is AnswerKind.ANSWER else None

    def quoted(self, answer: Answer, passages: Sequence[Passage]) -> None:
        """Notes where the answer stands."""
        quotes = [citation.quote for citation in answer.citations]
        for passage in passages:
            texts = (passage.chunk.text, passage.chunk.lead)
            if any(quote and quote in text for quote in quotes for text in texts):
                self.pieces.append(passage.chunk.id)
                if passage.document_id not in self.documents:
                    self.documents.append(passage.document_id)


def talk_before(move: AnswerMove, state: State) -> Talk:
    """The talk in which a question is asked."""
    return Talk(state.topics, move.said, move.leans)


def remembered(state: State, question: str, talk: Talk) -> State:
    """The state with one more question, and where its answer stood."""
    return state.after(Topic(question, tuple(talk.documents), tuple(talk.pieces)))
