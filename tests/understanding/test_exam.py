"""The exam: a model that reads well passes, one that lies or helps nothing does not, and only one that passed is asked
in a patient's turn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app.actions.shipped import shipped_actions
from app.bootstrap import Running
from app.clock import new_id
from app.desk import Desk
from app.dialogue.action import Catalogue
from app.errors import Transient
from app.jobs.queue import Claimed
from app.llm.base import Failure, ModelFailed, OutputSchema, Prompt, Purpose
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.tables import AuditEntry, Clinic, Job, ModelExam
from app.understanding.exam import exam_version, marked, practices
from app.understanding.rules import RulesUnderstanding
from app.usecases import take_exam as exam
from app.usecases.switch_model import switch_model
from app.usecases.take_exam import ExamMarks, take_exam, understands
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.llm.servers import liar, model_server
from tests.understanding.recorded_model import message_in

CATALOGUE = Catalogue(shipped_actions())
PRACTICES = {one.says: one for one in practices(CATALOGUE)}
Answer = Callable[[str], Any]


@dataclass
class Host:
    """Stands in for the install's model: `answer` makes of a message what it returns, or raises."""

    answer: Answer
    host: str = "models.example"
    model: str = "scripted"
    asked: list[str] = field(default_factory=list)

    def for_turn(self, clinic: ClinicFacts, *, conversation_id: str | None, **_: Any) -> "Host | None":
        """As the real one: nobody for a clinic that has it off."""
        return self if clinic.model_on else None

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """What the script says."""
        self.asked.append(message_in(prompts))
        return self.answer(self.asked[-1])

    def stream(
        self, purpose: Purpose, prompts: Sequence[Prompt], *, max_tokens: int, shown: Any = None
    ) -> Iterator[str]:
        """Words nothing."""
        raise ModelFailed(Failure.REFUSED)

    def close(self) -> None:
        """Nothing is open."""


def good(message: str) -> Any:
    """What a strong model returns for a practice message."""
    practice = PRACTICES.get(message)
    first = [meaning.ways[0] for meaning in practice.means] if practice else []
    return {"commands": [{"words": message, "do": do, "on": on, "value": value} for do, on, value in first]}


def silent(_message: str) -> Any:
    """Reads nothing into anything."""
    return {"commands": []}


def mixes_up(message: str) -> Any:
    """Reads well, but takes whoever is named first for the patient."""
    word = message.split()[0]
    more = {"words": word, "do": "give", "on": "patient_name", "value": word}
    return {"commands": [*good(message)["commands"], more]}


def fails(failure: Failure) -> Answer:
    """A server that gives nothing."""

    def raises(_message: str) -> Any:
        raise ModelFailed(failure)

    return raises


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk."""
    with desk_at_rest(tmp_path_factory.mktemp("exam")) as one:
        yield one


def desk_with(running: Running, answer: Answer) -> tuple[Desk, ClinicFacts, Host]:
    """The desk with a model of its own, and a clinic that has it on."""
    host = Host(answer, model=new_id("m"))
    clinic = replace(make_clinic(running, f"Harbor Therapy {new_id('x')}"), model_on=True)
    running.desk.database.write(lambda session: _switch(session, clinic.id, on=True))
    return replace(running.desk, guests=host), clinic, host  # type: ignore[arg-type]


def test_rules_alone_leave_something_to_be_bettered() -> None:
    """An exam that rules pass would let nobody in."""
    right = 0
    for practice in PRACTICES.values():
        commands = RulesUnderstanding().understand(practice.says, practice.state, CATALOGUE)
        mark = marked(practice, commands, commands, CATALOGUE)
        assert not mark.harmful
        right += mark.right
    assert 0.4 * len(PRACTICES) <= right <= 0.8 * len(PRACTICES)


def test_a_good_model_passes(running: Running) -> None:
    """Otherwise no model could ever help to understand."""
    desk, clinic, host = desk_with(running, good)
    assert not understands(desk)
    marks = take_exam(desk, clinic)
    assert marks.passed, marks
    assert understands(desk)
    assert len(host.asked) <= marks.asked == len(PRACTICES)
    with desk.database.read() as session:
        row = session.get_one(ModelExam, (host.host, host.model, exam_version()))
        assert (row.right, row.asked, row.passed) == (marks.right, marks.asked, True)
        assert "take_exam" in session.exec(select(AuditEntry.verb).where(AuditEntry.clinic_id == clinic.id)).all()


@pytest.mark.parametrize("answer", [silent, mixes_up, fails(Failure.LATE), fails(Failure.INVALID)])
def test_a_model_that_betters_nothing_or_does_harm_fails(running: Running, answer: Answer) -> None:
    """It would put a stranger's name into a referral, or cost every turn the wait for nothing."""
    desk, clinic, _ = desk_with(running, answer)
    marks = take_exam(desk, clinic)
    assert not marks.passed, marks
    assert not understands(desk)


def test_one_harm_is_one_too_many() -> None:
    """A model that is right everywhere else would still send the wrong name."""
    assert ExamMarks(40, 40, 20, 0).passed
    assert not ExamMarks(40, 40, 20, 1).passed
    assert not ExamMarks(40, 29, 20, 0).passed
    assert ExamMarks(40, 30, 20, 0).passed


@pytest.mark.parametrize("failure", [Failure.UNREACHABLE, Failure.UNAUTHORIZED, Failure.BUDGET])
def test_a_server_that_cannot_be_asked_has_taken_no_exam(running: Running, failure: Failure) -> None:
    """A key that was mistyped would mark a good model as a bad one for good."""
    desk, clinic, host = desk_with(running, fails(failure))
    with pytest.raises(Transient):
        take_exam(desk, clinic)
    assert len(host.asked) == 3
    assert not understands(desk)


def test_an_exam_ends_when_the_model_is_switched_off(running: Running) -> None:
    """What the clinic was told has ended would go on for minutes, and at its expense."""

    def switched_off(_message: str) -> Any:
        if len(host.asked) == 2:
            running.desk.database.write(lambda session: _switch(session, clinic.id, on=False))
        return {"commands": []}

    desk, clinic, host = desk_with(running, switched_off)
    with pytest.raises(Transient, match="off"):
        take_exam(desk, clinic)
    assert len(host.asked) == 2
    assert not understands(desk)


def _switch(session: Session, clinic_id: str, *, on: bool) -> None:
    session.get_one(Clinic, clinic_id).model_on = on


def jobs(session: Session) -> list[Job]:
    """The exams that wait."""
    return list(session.exec(select(Job).where(Job.kind == exam.KIND, Job.state == "pending")).all())


def test_switching_on_has_the_exam_taken_once(tmp_path: Path) -> None:
    """Nobody would know whether the model may read, or each clinic would pay for the same exam."""
    with desk_at_rest(tmp_path, llm_base_url="http://127.0.0.1:9/v1", llm_model="scripted", llm_local=True) as one:
        host = Host(good)
        desk = replace(one.desk, guests=host)  # type: ignore[arg-type]
        first, second = make_clinic(one, "First Therapy"), make_clinic(one, "Second Therapy")
        for clinic in (first, second):
            switch_model(desk, clinic.site_key, True, COMMAND)
        with desk.database.read() as session:
            (waiting,) = jobs(session)
        assert waiting.clinic_id == first.id
        exam.run(desk, Claimed(waiting.id, first.id, exam.KIND, {}, 1, "test", desk.clock()))
        assert understands(desk)
        switch_model(desk, first.site_key, False, COMMAND)
        switch_model(desk, first.site_key, True, COMMAND)
        exam.look_for_exams(desk)
        with desk.database.read() as session:
            assert len(jobs(session)) == 1
        assert desk.database.write(lambda s: exam.want_exam(s, desk, first.id, again=True))


def test_a_turn_asks_only_a_model_that_passed(running: Running) -> None:
    """A model that failed would read patients' messages all the same."""
    text = "marlowe finch here, i fell off a ladder and my hip is not happy, want to get started with therapy"
    for answer, named in ((good, "Marlowe Finch"), (silent, None)):
        desk, clinic, host = desk_with(running, answer)
        take_exam(desk, clinic)
        host.asked.clear()
        done = Talk(replace(running, desk=desk), clinic).say(text)
        assert done["action"]["slots"].get("patient_name") == named
        assert bool(host.asked) == (named is not None)


def test_an_emergency_is_not_read_twice(running: Running) -> None:
    """Its words would leave, and the help would wait for a model."""
    desk, clinic, host = desk_with(running, good)
    take_exam(desk, clinic)
    host.asked.clear()
    talk = Talk(replace(running, desk=desk), clinic)
    assert talk.say("I have crushing chest pain and cannot breathe")["emergency"]
    talk.say("it is getting worse, what now")
    assert not host.asked


def test_a_lying_server_fails_and_rules_go_on(tmp_path: Path) -> None:
    """Over real HTTP: valid JSON of which nobody said a word."""
    server: Mapping[str, Any]
    with model_server(liar()) as there:
        server = {"llm_base_url": there.base_url, "llm_model": "scripted", "llm_local": True}
        with desk_at_rest(tmp_path, **server) as one:
            clinic = switch_model(one.desk, make_clinic(one).site_key, True, COMMAND)
            marks = take_exam(one.desk, clinic)
            assert not marks.passed
            assert not marks.harmful
            assert marks.right == marks.by_rules
            assert Talk(one, clinic).say("need pt for my hip, Jo Menzies, 703-555-0164")["action"]["slots"]["contact"]
