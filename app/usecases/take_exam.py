"""take_exam: the language model reads practice messages of our own before it may read patients'. One that does not
better the rules, or puts a single value in the wrong place, is not asked to understand; it may still word answers."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session, col, select

from app.actions.shipped import shipped_actions
from app.desk import Desk
from app.dialogue.action import Catalogue
from app.errors import JobError, Transient
from app.jobs.queue import Claimed, FailedState, enqueue
from app.llm.base import Failure, ModelFailed, Prompt, Purpose
from app.llm.guests import Guests
from app.store import audit
from app.store.queries.clinics import ClinicFacts, clinic_of_id
from app.store.tables import Clinic, Job, ModelExam
from app.understanding.exam import Practice, exam_version, marked, practices
from app.understanding.model import second_reading

log = logging.getLogger("frontdesk.exam")
KIND = "exam"
MENDED = 0.5
"""Share of the messages that rules alone misread which the model must put right: less is not worth the wait."""
LONGEST_S = 120.0
"""Of the whole exam, which must end well before its job's lease: a model that needs longer is too slow for a talk."""
_NOT_TAKEN = (
    Failure.UNREACHABLE,
    Failure.UNAUTHORIZED,
    Failure.LIMITED,
    Failure.BUDGET,
    Failure.RESTING,
    Failure.BUSY,
    Failure.UNRECORDED,
)
"""What says nothing about how a model understands."""
_TRIES = 3
"""Messages in a row that could not even be asked, after which the exam is put off."""


@dataclass(frozen=True, slots=True)
class ExamMarks:
    """How many messages were understood right, by rules alone and with the model, and how often it did harm."""

    asked: int
    right: int
    by_rules: int
    harmful: int

    @property
    def passed(self) -> bool:
        """Better than the rules by half of what they miss, and not once harmful: nothing in the wrong place, nothing
        ended or sent that nobody asked for."""
        return not self.harmful and self.right - self.by_rules >= MENDED * (self.asked - self.by_rules)


class _Watched:
    """The clinic's guest, a new one for each message, which notes what it could not even ask. When the time of the
    exam is up the model counts as late for the rest."""

    def __init__(self, desk: Desk, guests: Guests, clinic: ClinicFacts) -> None:
        self._desk, self._guests, self._clinic, self._missed, self._late = desk, guests, clinic, 0, False
        self._until = time.monotonic() + LONGEST_S

    def complete(self, purpose: Purpose, prompts: list[Prompt], schema: object, *, max_tokens: int) -> object:
        """As the guest; raises Transient when the server cannot be asked at all."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise ModelFailed(Failure.LATE)
        with self._desk.database.read() as session:  # somebody may have switched it off meanwhile
            clinic = clinic_of_id(session, self._clinic.id)
        guest = self._guests.for_turn(clinic, conversation_id=None, seconds=left)
        if guest is None:
            raise Transient("the clinic has the language model off")
        try:
            answer = guest.complete(purpose, prompts, schema, max_tokens=max_tokens)  # type: ignore[arg-type]
        except ModelFailed as problem:
            self._late = self._late or problem.failure is Failure.LATE
            slow = self._late and problem.failure is Failure.RESTING  # it is left alone because it was late
            self._missed = self._missed + 1 if problem.failure in _NOT_TAKEN and not slow else 0
            if self._missed >= _TRIES:
                raise Transient(f"the language model cannot be asked: {problem.failure.value}") from problem
            raise
        self._missed = 0
        return answer

    stream = complete


def take_exam(desk: Desk, clinic: ClinicFacts) -> ExamMarks:
    """Has the install's model read the practice messages, at this clinic's expense, and keeps how it did. Raises
    Transient when it cannot be asked, so that nothing is known about it."""
    if desk.guests is None:
        raise Transient("this install has no language model")
    catalogue = Catalogue(shipped_actions())
    guest = _Watched(desk, desk.guests, clinic)
    marks = _marks([_one(desk, guest, practice, catalogue) for practice in practices(catalogue)])
    desk.database.write(partial(_keep, desk, clinic, marks))
    log.info("the language model understood %d of %d, rules alone %d", marks.right, marks.asked, marks.by_rules)
    return marks


def right_by_rules(desk: Desk) -> int:
    """How many of the practice messages the rules alone tell right: what a model's marks are to be compared with."""
    if exam_version() not in _BY_RULES:
        catalogue = Catalogue(shipped_actions())
        each = ((one, desk.understanding.understand(one.says, one.state, catalogue)) for one in practices(catalogue))
        _BY_RULES[exam_version()] = sum(marked(one, rules, rules, catalogue).right for one, rules in each)
    return _BY_RULES[exam_version()]


_BY_RULES: dict[str, int] = {}


def _one(desk: Desk, guest: _Watched, practice: Practice, catalogue: Catalogue) -> tuple[bool, bool, bool]:
    rules = desk.understanding.understand(practice.says, practice.state, catalogue)
    read = second_reading(guest, rules, practice.says, practice.state, catalogue, "exam")  # type: ignore[arg-type]
    alone, both = (marked(practice, commands, rules, catalogue) for commands in (rules, read))
    return alone.right, both.right, both.harmful


def _marks(each: list[tuple[bool, bool, bool]]) -> ExamMarks:
    by_rules, right, harmful = (sum(column) for column in zip(*each, strict=True))
    return ExamMarks(len(each), right, by_rules, harmful)


def _keep(desk: Desk, clinic: ClinicFacts, marks: ExamMarks, session: Session) -> None:
    guests = desk.guests
    if guests is None:
        return
    key = (guests.host, guests.model, exam_version())
    row = session.get(ModelExam, key)
    if row is None:
        row = ModelExam(host=key[0], model=key[1], exam=key[2], right=0, asked=0, passed=False, taken_at=desk.clock())
    row.right, row.asked, row.passed, row.taken_at = marks.right, marks.asked, marks.passed, desk.clock()
    session.add(row)
    audit.record(session, desk.clock(), audit.DESK, "take_exam", ("model_exam", key[2]), clinic.id)


def understands(desk: Desk) -> bool:
    """Whether the install's model has passed the exam of this release. One look by key."""
    if desk.guests is None:
        return False
    with desk.database.read() as session:
        row = session.get(ModelExam, (desk.guests.host, desk.guests.model, exam_version()))
        return row is not None and row.passed


def want_exam(session: Session, desk: Desk, clinic_id: str, *, again: bool = False) -> bool:
    """Enqueues the exam at this clinic's expense, where there is a model that has not taken it (or is to take it
    `again`); one waiting job is enough. Returns whether it will be taken. Call desk.wake() after the commit."""
    if desk.guests is None:
        return False
    taken = session.get(ModelExam, (desk.guests.host, desk.guests.model, exam_version()))
    if taken is not None and not again:
        return False
    waiting = select(Job.id).where(Job.kind == KIND, col(Job.state).in_(("pending", "held")))
    if session.exec(waiting).first() is None:
        enqueue(session, KIND, {}, clinic_id, desk.clock())
    return True


def look_for_exams(desk: Desk) -> None:
    """From time to time: a model that is new here, or an exam that is new in this release, for a clinic that has the
    model on."""
    if desk.guests is None:
        return
    with desk.database.read() as session:
        clinic = session.exec(select(Clinic.id).where(col(Clinic.model_on)).limit(1)).first()
        taken = session.get(ModelExam, (desk.guests.host, desk.guests.model, exam_version()))
    if clinic is not None and taken is None:
        desk.database.write(lambda s: want_exam(s, desk, clinic))
        desk.wake()


def run(desk: Desk, job: Claimed) -> Callable[[Session], None] | None:
    """The job. Raises Transient."""
    with desk.database.read() as session:
        clinic = clinic_of_id(session, job.clinic_id)
    if clinic.model_on and desk.guests is not None:
        take_exam(desk, clinic)
    return None


def failed(session: Session, job: Claimed, error: JobError, state: FailedState) -> None:
    """Rules understand patients meanwhile; the next look for exams tries again."""
