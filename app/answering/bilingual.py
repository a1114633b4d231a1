"""Questions in Spanish on papers in either language: weighed in the patient's own words first, then in English ones.
The quote stays in the paper's language, under a Spanish word about where it comes from."""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from app.answering.base import Answer, Answerer, AnswerKind
from app.answering.fixed import phrases
from app.answering.spanish import in_english, things_unknown
from app.answering.terms import words
from app.dialogue.language import language_of
from knowledge.types import Passage

# Words of two languages are one from this likeness on, 0 to 100: "tortícolis" and "torticollis".
COGNATE = 88


class BilingualAnswerer:
    """Gives English questions on to `inner` as they are."""

    def __init__(self, inner: Answerer) -> None:
        self._inner = inner

    def sought(self, question: str) -> str:
        """A Spanish question is searched in its own words and in English ones."""
        if language_of(question) == "en":
            return self._inner.sought(question)
        return f"{question} {self._inner.sought(in_english(question))}"

    def answer(self, question: str, passages: Sequence[Passage]) -> Answer:
        """As the protocol says. `question` of the answer is the patient's."""
        if language_of(question) == "en":
            return self._inner.answer(question, passages)
        spanish = [passage for passage in passages if language_of(passage.chunk.searchable()) == "es"]
        # The embedder knows English alone: its cosines say nothing of Spanish text.
        by_words = [replace(passage, dense=0.0, lead=0.0) for passage in spanish]
        answer = self._inner.answer(question, by_words)
        if answer.kind is not AnswerKind.REFUSAL:
            return answer
        english = [passage for passage in passages if passage not in spanish]
        if _asks_the_unknown(question, english):
            return answer
        answer = replace(self._inner.answer(in_english(question), english), question=question)
        if answer.kind is not AnswerKind.ANSWER:
            return answer
        return replace(answer, text=f"{phrases('es')['quoted_in_english']}\n{answer.text}")


def _asks_the_unknown(question: str, passages: Sequence[Passage]) -> bool:
    """Whether the thing asked for is known neither to the glossary nor to `passages`: then the rest of the question
    would be answered in its place."""
    unknown = things_unknown(question)
    if not unknown:
        return False
    there = {word.folded for passage in passages for word in words(passage.chunk.searchable())}
    return any(process.extractOne(word, there, scorer=fuzz.ratio, score_cutoff=COGNATE) is None for word in unknown)
