"""group_unanswered: questions that mean the same are one line with a number, so that the commonest gap comes first."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.desk import Desk
from app.errors import describe
from app.store.queries.unanswered import Unanswered, unanswered

log = logging.getLogger("frontdesk.unanswered")
ALIKE = {"en": 0.60}
ALIKE_ELSEWHERE = 0.65
"""Mean cosine with a group's wordings from which a question belongs to it, by language. Measured on the paraphrases of
tests/usecases/paraphrases.yaml: .96 of the pairs put together belong together, .62 of those that belong are found; at
.55 that is .96 and .71, but lower it falls fast. The shipped embedder knows English: elsewhere it is .96 and .38."""


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions with one meaning. `question` is the most typical wording, `wordings` the others, each once; `ids` are
    the questions themselves, oldest first, and `id` is the first of them. `count` is how often it was asked,
    `papers_disagree` whether papers answer it differently."""

    id: str
    question: str
    count: int
    first_asked: datetime
    last_asked: datetime
    wordings: tuple[str, ...]
    papers_disagree: bool
    ids: tuple[str, ...]


def group_unanswered(desk: Desk, clinic_id: str) -> list[QuestionGroup]:
    """The clinic's unanswered questions in groups, the most asked first, then the last asked. Vectors are made for
    this look and stored nowhere. While the index is being loaded, only equal words are put together."""
    questions = unanswered(desk.database, clinic_id)[::-1]
    wordings: dict[str, list[Unanswered]] = {}
    for question in questions:
        wordings.setdefault(_plain(question.question), []).append(question)
    groups = [_group([wordings[text] for text in group], likeness) for group, likeness in _grouped(desk, wordings)]
    return sorted(groups, key=lambda group: (group.count, group.last_asked), reverse=True)


def _grouped(desk: Desk, wordings: dict[str, list[Unanswered]]) -> list[tuple[list[str], list[list[float]]]]:
    """Groups of wordings with their likeness among themselves."""
    by_language: dict[str, list[str]] = {}
    for text, questions in wordings.items():
        by_language.setdefault(desk.language_of(questions[0].question), []).append(text)
    found = []
    for language, texts in by_language.items():
        likeness = _likeness(desk, texts)
        for places in together(likeness, ALIKE.get(language, ALIKE_ELSEWHERE)):
            found.append(([texts[i] for i in places], [[likeness[i][j] for j in places] for i in places]))
    return found


def together(likeness: Sequence[Sequence[float]], at_least: float) -> list[list[int]]:
    """Places in groups: each joins the group that it is most like on average, or begins one."""
    groups: list[list[int]] = []
    for place in range(len(likeness)):
        means = [sum(likeness[place][other] for other in group) / len(group) for group in groups]
        best = max(range(len(groups)), key=means.__getitem__, default=None)
        if best is not None and means[best] >= at_least:
            groups[best].append(place)
        else:
            groups.append([place])
    return groups


def _likeness(desk: Desk, texts: list[str]) -> list[list[float]]:
    if desk.index.ready:
        try:
            return desk.index.alike(texts)
        except Exception as problem:  # the list must be shown; a foreign message may quote a patient
            log.warning("questions are grouped by equal words alone: %s", describe(problem))
    return [[float(i == j) for j in range(len(texts))] for i in range(len(texts))]


def _group(wordings: list[list[Unanswered]], likeness: list[list[float]]) -> QuestionGroup:
    typical = max(range(len(wordings)), key=lambda place: sum(likeness[place]))
    questions = sorted((one for same in wordings for one in same), key=lambda one: one.asked_at)
    said = [same[-1].question for place, same in enumerate(wordings) if place != typical]
    return QuestionGroup(
        id=questions[0].id,
        question=wordings[typical][-1].question,
        count=len(questions),
        first_asked=questions[0].asked_at,
        last_asked=questions[-1].asked_at,
        wordings=tuple(said),
        papers_disagree=any(one.kind == "papers_disagree" for one in questions),
        ids=tuple(one.id for one in questions),
    )


def _plain(text: str) -> str:
    """Letters and digits in lower case: a question mark makes no other question."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
