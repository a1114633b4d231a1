"""self_pay_price: what a visit costs without insurance, in the words of a published paper, or nothing."""

import re

from app.answering.base import AnswerKind
from app.desk import Desk
from app.store.queries.clinics import ClinicFacts
from app.usecases.answer_question import answer_question

_QUESTIONS = {"en": "How much does a visit cost without insurance?", "es": "¿Cuánto cuesta una visita sin seguro?"}
_MONEY = re.compile(r"[$€£]\s?\d|\b\d+(?:[.,]\d\d)?\s?(?:dollars?|usd|dólares)\b", re.IGNORECASE)


def self_pay_price(desk: Desk, clinic: ClinicFacts, language: str) -> str:
    """The quoted answer with its paper; "" when no paper in use states an amount, or two disagree."""
    question = _QUESTIONS.get(language, _QUESTIONS["en"])
    answer = answer_question(desk, clinic, question, language, listed=False)
    stated = answer.kind is AnswerKind.ANSWER and any(_MONEY.search(one.quote) for one in answer.citations)
    if not stated or answer.disagreement:
        return ""
    papers = dict.fromkeys(f"{c.document}, p. {c.page}" if c.page else c.document for c in answer.citations)
    return f"{answer.text} ({'; '.join(papers)})"
