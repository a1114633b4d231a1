"""Asks a desk: papers go in by the product's own way, each question is answered and timed."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answering.base import Answer, AnswerKind
from app.bootstrap import Running, build
from app.control.commands import run
from app.desk import Desk
from app.qualification.payers import PayerStatus
from app.settings import Settings
from app.store.queries.clinics import ClinicFacts, all_clinics, clinic_of_site
from app.usecases import index_multilingual
from app.usecases.answer_question import answer_question, passages_for
from scripts.evals.judging import holds, is_false, is_right
from scripts.evals.sets import Measured, Question

REFUSED = frozenset({AnswerKind.REFUSAL, AnswerKind.FIXED, AnswerKind.CLARIFY})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. `rank` is the place of the right passage from 0 (None: not among five),
    `ms` the time to find and to answer, `reading_ms` the time to answer alone."""

    question: Question
    answer: Answer
    rank: int | None
    ms: float
    reading_ms: float

    @property
    def refused(self) -> bool:
        """Whether nothing was claimed; that a payer is not on the list claims nothing about it."""
        payer = self.answer.payer
        unlisted = payer is not None and payer.status is PayerStatus.NOT_LISTED
        return self.answer.kind in REFUSED or unlisted

    @property
    def right(self) -> bool:
        """Whether an answerable question got the words, or the yes or no, that it asks for."""
        return not self.refused and is_right(self.answer, self.question)

    @property
    def false(self) -> bool:
        """Whether something was said that the papers deny, which is worse than a quote beside the point."""
        return not self.refused and not self.right and is_false(self.answer, self.question)


@dataclass(frozen=True, slots=True)
class Asker:
    """A desk whose worker runs, and a folder for papers that have to be written first."""

    running: Running
    scratch: Path

    @property
    def desk(self) -> Desk:
        return self.running.desk


@contextmanager
def open_desk(data: Path, scratch: Path, *, multilingual: bool = True) -> Iterator[Asker]:
    """A desk on `data`. Its index is loaded when this returns. Without `multilingual` it has no second index, whose
    vectors take minutes."""
    logging.disable(logging.INFO)
    other = {} if multilingual else {"multilingual_embedder": "off"}
    running = build(Settings(env="test", data_dir=data, **other))
    try:
        running.worker.start(["index", "unindex"])
        running.desk.index.warm()
        yield Asker(running, scratch)
    finally:
        running.close()


def outcomes(asker: Asker, measured: Measured) -> list[Outcome]:
    """One for each question of the set, in order. The papers are ingested first where they are not yet."""
    desk = asker.desk
    clinic = clinic_of(asker, measured)
    found = []
    for question in measured.questions:
        started = time.perf_counter()
        answer = answer_question(desk, clinic, question.text, "en")
        taken = time.perf_counter() - started
        passages = passages_for(desk, clinic, question.text)
        started = time.perf_counter()
        desk.answerer.answer(question.text, passages)
        reading = time.perf_counter() - started
        texts = [passage.chunk.searchable() + "\n" + passage.chunk.text for passage in passages[:5]]
        rank = next((at for at, text in enumerate(texts) if any(_in(gold, text) for gold in question.gold)), None)
        found.append(Outcome(question, answer, rank, taken * 1000, reading * 1000))
    return found


def clinic_of(asker: Asker, measured: Measured) -> ClinicFacts:
    """The clinic of the set's papers, which are ingested first where they are not yet."""
    return clinic_of_site(asker.desk.database, _site_key(asker, measured))


def _in(gold: str, text: str) -> bool:
    return holds(Answer(AnswerKind.ANSWER, "", text), gold, cut=False)


def _site_key(asker: Asker, measured: Measured) -> str:
    known = [clinic for clinic in all_clinics(asker.desk.database) if clinic.name == measured.corpus]
    if known:
        return known[0].site_key
    values: dict[str, Any] = {"name": measured.corpus, "phone": "555-0100", "timezone": "America/New_York"}
    values |= {"coordinator_email": "desk@clinic.example", "languages": ["en", "es"]}
    made = run(asker.desk, "clinic_create", values, lambda _: None)
    arguments = {"clinic": made["site_key"], "paths": [str(path) for path in _papers(asker, measured)], "publish": True}
    for file in run(asker.desk, "ingest", arguments, lambda _: None)["files"]:
        if file["status"] != "ready":
            raise SystemExit(f"{file['file']} of {measured.corpus} was not read: {file['error']}")
    asker.running.worker.drain([index_multilingual.KIND])
    return str(made["site_key"])


def _papers(asker: Asker, measured: Measured) -> list[Path]:
    written = []
    for name, text in measured.texts:
        path = asker.scratch / measured.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        written.append(path)
    return [*measured.files, *written]
