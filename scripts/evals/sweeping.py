"""Made-up patients ask, and say who they are in the same message: nothing of that may be in a request that left."""

import random
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import select

from app.llm.guests import Guests
from app.store.tables import Egress
from app.store.tables.models import ModelExam
from app.understanding.exam import exam_version
from scripts.evals.asking import Asker, clinic_of
from scripts.evals.sets import Measured, Question
from tests.desk import Talk
from tests.llm.canaries import Canary, canaries, left_in

MOST = 40
SAYS = (
    "Hi, I'm {name}, born {birth_date}. {question}",
    "My name is {name}, phone {phone}, {email}. {question}",
    "{question} This is {name}, member id {member_id}, I live at {address}.",
)


def sweep(asker: Asker, guests: Guests, chosen: Sequence[tuple[Measured, Question]], seed: int) -> list[str]:
    """(patients, requests, what was left of them) as cells. Whole turns, in which the model understands and words."""
    patients = canaries()
    random.Random(seed).shuffle(patients)
    patients = patients[:MOST]
    running = replace(asker.running, desk=replace(asker.desk, guests=guests))
    _trusts(asker, guests)
    before, allowed = _recorded(asker), set[str]()
    pairs = list(zip(patients, chosen, strict=False))
    for number, (patient, (one, question)) in enumerate(pairs):
        clinic = replace(clinic_of(asker, one), model_on=True)
        live = asker.desk.papers.texts(clinic.id)
        allowed |= set(left_in([*(text for _, text in live), question.text], patients))  # staff of the same name
        Talk(running, clinic).say(_said(patient, question, number))
    bodies = [body for key, body in _recorded(asker).items() if key not in before]
    left = set(left_in(bodies, [patient for patient, _ in pairs])) - allowed
    return [str(len(pairs)), str(len(bodies)), ", ".join(sorted(left)) or "0"]


def _said(patient: Canary, question: Question, number: int) -> str:
    values = {name: getattr(patient, name) for name in patient.__slots__}
    return SAYS[number % len(SAYS)].format(**values, question=question.text)


def _trusts(asker: Asker, guests: Guests) -> None:
    """As if the model had passed the exam, so that it gets every message to understand."""
    exam = ModelExam(
        host=guests.host,
        model=guests.model,
        exam=exam_version(),
        taken_at=asker.desk.clock(),
        right=9,
        asked=9,
        passed=True,
    )
    asker.desk.database.write(lambda session: session.merge(exam))


def _recorded(asker: Asker) -> dict[str, str]:
    with asker.desk.database.read() as session:
        return {row.id: row.body for row in session.exec(select(Egress))}
