"""answer_question: an insurer is looked up in the payer rows; else passages are found, and the answerer quotes them or
refuses."""

from dataclasses import replace

from app.answering.base import Answer, AnswerKind
from app.desk import Desk
from app.dialogue.phrasing import ClinicWords, refusal
from app.store.queries.clinics import ClinicFacts
from app.usecases.answer_payer_question import answer_payer_question


def answer_question(
    desk: Desk, clinic: ClinicFacts, question: str, language: str, *, listed: bool = True, again: bool = False
) -> Answer:
    """An answer whose `text` can be shown as it is: a refusal carries the desk's sentence that offers a person, and,
    when the caller puts the question on the clinic's list, says so. `again`: the question completes one that the desk
    asked back about."""
    looked_up = answer_payer_question(desk, clinic, question, language, again=again)
    if looked_up is not None:
        return looked_up
    passages = desk.retriever.retrieve(clinic.id, desk.answerer.sought(question), limit=8)
    answer = desk.answerer.answer(question, passages)
    if answer.kind is AnswerKind.REFUSAL:
        words = ClinicWords(clinic.name, clinic.phone)
        return replace(answer, text=refusal(desk.wording(language), words, listed=listed))
    return answer
