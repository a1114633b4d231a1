"""answer_question: passages are found, and the answerer quotes them or refuses."""

from dataclasses import replace

from app.answering.base import Answer, AnswerKind
from app.desk import Desk
from app.dialogue.phrasing import ClinicWords, refusal
from app.store.queries.clinics import ClinicFacts
from app.usecases.talk import Talk


def answer_question(
    desk: Desk, clinic: ClinicFacts, question: str, language: str, *, listed: bool = True, talk: Talk | None = None
) -> Answer:
    """An answer whose `text` can be shown as it is: a refusal carries the desk's sentence that offers a person, and,
    when the caller puts the question on the clinic's list, says so. `talk` is what was said before, and is told which
    pieces of papers were quoted."""
    talk = talk or Talk()
    passages = desk.retriever.retrieve(clinic.id, desk.answerer.sought(question), limit=8, context=talk.context)
    answer = desk.answerer.answer(question, passages)
    if answer.kind is AnswerKind.REFUSAL:
        answer = talk.goes_on(desk.answerer, question, passages) or answer
    talk.quoted(answer, passages)
    if answer.kind is AnswerKind.REFUSAL:
        words = ClinicWords(clinic.name, clinic.phone)
        return replace(answer, text=refusal(desk.wording(language), words, listed=listed))
    return answer
