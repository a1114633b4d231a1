"""answer_question: passages are found, and the answerer quotes them or refuses."""

from dataclasses import replace

from app.answering.base import Answer, AnswerKind
from app.desk import Desk
from app.store.queries.clinics import ClinicFacts


def answer_question(desk: Desk, clinic: ClinicFacts, question: str, language: str) -> Answer:
    """An answer whose `text` can be shown as it is: a refusal carries the desk's sentence that offers a person."""
    passages = desk.retriever.retrieve(clinic.id, question, limit=8)
    answer = desk.answerer.answer(question, passages)
    if answer.kind is AnswerKind.REFUSAL:
        wording = desk.wording(language)
        return replace(answer, text=wording.text("refusal", clinic=clinic.name, phone=clinic.phone, question=question))
    return answer
