"""word_answer: an answer that was decided and quoted is said in the model's words, where it may be."""

from collections.abc import Callable

from app.answering.base import Answer, AnswerKind
from app.answering.generative import worded
from app.dialogue.language import language_of
from app.llm.base import Guest
from app.usecases.answer_question import Decided
from app.usecases.paragraphs import Worded


def worded_by(guest: Guest | None, decided: Decided, language: str) -> Worded | None:
    """How `decided` is worded by `guest`; None where the desk's own words stand. `language` is the conversation's."""
    answer, passages = decided.answer, decided.passages
    if guest is None or not passages or answer.kind is not AnswerKind.ANSWER or answer.disagreement:
        return None
    asked_in = language_of(answer.question)
    said_in = asked_in if asked_in == "es" else language

    def word(answer: Answer, say: Callable[[str], None]) -> Answer:
        return worded(guest, answer, passages, said_in, say)

    return word


def in_words(guest: Guest | None, decided: Decided, language: str) -> Answer:
    """`decided` as it is said at last, where nobody reads it while it forms."""
    word = worded_by(guest, decided, language)
    return word(decided.answer, lambda _piece: None) if word else decided.answer
