"""answer_question: an insurer is looked up in the payer rows; else passages are found, and the answerer quotes them or
refuses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answering.base import Answer, AnswerKind
from app.answering.searching import beside
from app.answering.spanish import in_english
from app.desk import Desk
from app.dialogue.language import language_of
from app.dialogue.phrasing import ClinicWords, language_refusal, refusal
from app.store.queries.clinics import ClinicFacts
from app.usecases.answer_payer_question import answer_payer_question
from app.usecases.talk import Talk
from knowledge.context import Context
from knowledge.retriever import NO_CONTEXT
from knowledge.types import Passage

PASSAGES = 12
"""That an answer is chosen from; measured, see docs/answers.md."""


@dataclass(frozen=True, slots=True)
class Decided:
    """An answer, and the passages that it was chosen from, best first; none for what papers have no say in."""

    answer: Answer
    passages: Sequence[Passage] = ()


def answer_question(
    desk: Desk, clinic: ClinicFacts, question: str, language: str, *, listed: bool = True, talk: Talk | None = None
) -> Answer:
    """The answer in the desk's own words; see `decide_answer`."""
    return decide_answer(desk, clinic, question, language, listed=listed, talk=talk).answer


def decide_answer(
    desk: Desk,
    clinic: ClinicFacts,
    question: str,
    language: str,
    *,
    listed: bool = True,
    again: bool = False,
    talk: Talk | None = None,
) -> Decided:
    """An answer whose `text` can be shown as it is: a refusal carries the desk's sentence that offers a person, and,
    when the caller puts the question on the clinic's list, says so. `again`: the question completes one that the desk
    asked back about. `talk` is what was said before, and is told which pieces of papers were quoted. A payer is looked
    up in every language. Nothing here asks a model."""
    talk = talk or Talk()
    asked_in = language_of(question)
    passages: list[Passage] = []

    def from_text() -> Answer:
        passages[:] = passages_for(desk, clinic, question, talk.context)
        answer = desk.answerer.answer(question, passages)
        if answer.kind is AnswerKind.REFUSAL:
            answer = talk.goes_on(desk.answerer, question, passages) or answer
        talk.quoted(answer, passages)
        return answer

    said_in = asked_in if asked_in == "es" else language
    looked_up = answer_payer_question(desk, clinic, question, said_in, from_text, again=again)
    if looked_up is not None:
        return Decided(looked_up)
    if asked_in != "en" and asked_in not in clinic.languages:
        text = language_refusal(desk.wording(asked_in), ClinicWords(clinic.name, clinic.phone))
        return Decided(Answer(AnswerKind.REFUSAL, question, text))
    answer = from_text()
    if answer.kind is AnswerKind.REFUSAL:
        words = ClinicWords(clinic.name, clinic.phone)
        answer = replace(answer, text=refusal(desk.wording(language), words, listed=listed))
    return Decided(answer, passages)


def passages_for(desk: Desk, clinic: ClinicFacts, question: str, context: Context = NO_CONTEXT) -> list[Passage]:
    """What an answer to `question` may be quoted from, best first."""
    sought = desk.answerer.sought(question)
    if language_of(question) == "en":
        return desk.retriever.retrieve(clinic.id, sought, limit=PASSAGES, context=context, beside=beside(question))
    return desk.retriever.retrieve_foreign(clinic.id, question, sought, limit=PASSAGES, meaning=in_english(question))
