"""What was kept for its time goes, with a receipt; what somebody still waits for does not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import SQLModel, func, select

from app.bootstrap import Running
from app.cli.papers import CLASSES as CHOICES
from app.control.commands import run
from app.desk import Desk
from app.errors import Invalid
from app.store.audit import COMMAND, DESK
from app.store.idempotency import Request, once
from app.store.queries.leads import lead as read_lead
from app.store.tables import (
    AuditEntry,
    Conversation,
    Egress,
    Job,
    Lead,
    Message,
    ModelDay,
    Notice,
    ResumeLink,
    StaffSession,
)
from app.store.tables import UnansweredQuestion as Question
from app.usecases.close_abandoned import close_abandoned
from app.usecases.purge_expired import purge_expired
from app.usecases.receipts import digest
from app.usecases.resume_link import make_resume_link
from app.usecases.retention import CLASSES
from tests.cast import make_egress, make_lead, make_person
from tests.desk import Talk, desk_at_rest, make_clinic


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with desk_at_rest(tmp_path) as made:
        yield made


def later(desk: Desk, **by: float) -> Desk:
    """The desk, so much later."""
    then = desk.clock() + timedelta(**by)
    return replace(desk, clock=lambda: then)


def count(desk: Desk, table: type[SQLModel]) -> int:
    with desk.database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def removed(receipt: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {one["class"]: one["removed"] for one in receipt["classes"] if one["removed"]}


def test_a_talk_that_left_no_request_goes_after_its_time(running: Running) -> None:
    """Words of people who only asked something would be kept for ever."""
    clinic = make_clinic(running)
    talk = Talk(running, clinic)
    talk.say("Is there a pool on Mars?")
    make_resume_link(running.desk, clinic, talk.opened.conversation_id, "a-link-0001", DESK)
    assert removed(purge_expired(later(running.desk, days=89), DESK, ["talks", "links"])) == {
        "links": {"resume_link": 1}
    }
    receipt = purge_expired(later(running.desk, days=91), DESK)
    assert removed(receipt)["talks"] == {"conversation": 1, "message": 2, "unanswered_question": 1}
    for table in (Conversation, Message, ResumeLink, Question):
        assert count(running.desk, table) == 0, table


@pytest.mark.parametrize(
    ("state", "goes"),
    [
        ("delivered", True),
        ("written", True),
        ("pending", False),
        ("held", False),
        ("dead", False),
        ("a state of a later release", False),
    ],
)
def test_a_request_goes_only_when_nobody_waits_for_word_of_it(running: Running, state: str, goes: bool) -> None:
    """A referral that never reached the clinic would vanish without anybody having read it."""
    clinic = make_clinic(running)
    lead_id, _ = make_lead(running.desk, clinic.id, notice=state)
    receipt = purge_expired(later(running.desk, days=3000), DESK, ["transcripts", "leads"])
    gone = not count(running.desk, Lead)
    assert (gone, bool(removed(receipt))) == (goes, goes)
    if not goes:
        assert len(read_lead(running.desk.database, clinic.id, lead_id).transcript) == 2, "its words stay, too"


def test_words_go_before_the_request_that_came_of_them(running: Running) -> None:
    """What was said in passing would be kept as long as the request itself."""
    clinic = make_clinic(running)
    lead_id, _ = make_lead(running.desk, clinic.id, notice="delivered")
    receipt = purge_expired(later(running.desk, days=366), DESK)
    assert removed(receipt) == {"transcripts": {"message": 2}}
    found = read_lead(running.desk.database, clinic.id, lead_id)
    assert (found.transcript, found.reference) == ((), "K7M2P9Q")
    assert {slot.name: slot.value for slot in found.slots}["patient_name"] == "Robin Ames"
    with running.desk.database.read() as session:
        assert session.exec(select(Conversation.words_deleted_at)).one() is not None
    assert removed(purge_expired(later(running.desk, days=367), DESK)) == {}, "once"
    assert count(running.desk, Notice) == 1
    receipt = purge_expired(later(running.desk, days=2556), DESK)
    assert removed(receipt) == {"leads": {"conversation": 1, "lead": 1, "notice": 1}}


def test_what_was_sent_to_a_model_goes_after_its_time_and_the_figures_stay(running: Running) -> None:
    """The record of what left would itself become a second archive of what patients said."""
    desk, clinic = running.desk, make_clinic(running)
    make_egress(desk, clinic.id)
    desk.database.write(lambda s: s.add(ModelDay(clinic_id=clinic.id, day=desk.clock().date(), calls=1)))
    assert removed(purge_expired(later(desk, days=89), DESK)) == {}
    assert removed(purge_expired(later(desk, days=91), DESK)) == {"egress": {"egress": 1}}
    assert (count(desk, Egress), count(desk, ModelDay)) == (0, 1)


def test_what_was_sent_goes_with_the_words_it_was_made_of(running: Running) -> None:
    """The talk would be gone, and its words would still stand in the record of what left."""
    with desk_at_rest(running.desk.settings.data_dir.parent / "other", retain_egress_d=3650) as patient:
        desk, clinic = patient.desk, make_clinic(patient)
        lead_id, _ = make_lead(desk, clinic.id, notice="delivered")
        talk_id = read_lead(desk.database, clinic.id, lead_id).conversation_id
        make_egress(desk, clinic.id, talk_id)
        make_egress(desk, clinic.id)
        receipt = purge_expired(later(desk, days=366), DESK)
        assert removed(receipt) == {"transcripts": {"message": 2, "egress": 1}}
        assert count(desk, Egress) == 1, "what was of no talk stays its own time"


def test_a_request_that_was_changed_lately_stays(running: Running) -> None:
    """A patient's correction of last week would go with the request of years ago."""
    clinic = make_clinic(running)
    make_lead(running.desk, clinic.id, notice="delivered")
    changed = running.desk.clock() + timedelta(days=2500)
    running.desk.database.write(lambda s: s.connection().execute(update(Lead).values(updated_at=changed)) and None)
    assert removed(purge_expired(later(running.desk, days=2600), DESK, ["leads"])) == {}


def test_sessions_jobs_and_remembered_requests_go(running: Running) -> None:
    """The database would grow for ever, and every look at the queue with it."""
    desk, clinic = running.desk, make_clinic(running)
    now = desk.clock()
    maya = make_person(desk, "maya@maple.example", "manager", clinic.id)

    def work(session: Any) -> None:
        times = {"created_at": now, "last_seen_at": now, "expires_at": now + timedelta(hours=8)}
        session.add(StaffSession(id="s", staff_id=maya.staff_id, kind="browser", csrf_token="c", **times))
        for name, state in (("done", "done"), ("waits", "pending"), ("dead", "dead")):
            finished = now if state == "done" else None
            session.add(
                Job(
                    id=name,
                    clinic_id=clinic.id,
                    kind="deliver",
                    state=state,
                    due_at=now,
                    set_at=now,
                    created_at=now,
                    finished_at=finished,
                )
            )
        for number in range(120):
            once(session, Request(clinic.id, "conversation", f"client-{number:03}", {}), now, dict)

    desk.database.write(work)
    assert removed(purge_expired(later(desk, hours=71), DESK)) == {}
    receipt = purge_expired(later(desk, days=40), DESK)
    assert removed(receipt) == {"sessions": {"staff_session": 1}, "jobs": {"job": 1}, "requests": {"idempotency": 120}}
    with desk.database.read() as session:
        assert sorted(session.exec(select(Job.id))) == ["dead", "waits"]
    assert count(desk, StaffSession) == 0


def test_a_rehearsal_counts_and_removes_nothing(running: Running) -> None:
    """Nobody would dare to run it."""
    clinic = make_clinic(running)
    make_lead(running.desk, clinic.id, notice="delivered")
    receipt = purge_expired(later(running.desk, days=3000), COMMAND, dry_run=True)
    assert {one["class"]: one["due"] for one in receipt["classes"] if one["due"]} == {"leads": 1, "transcripts": 1}
    assert removed(receipt) == {}
    assert (count(running.desk, Lead), count(running.desk, Message)) == (1, 2)


def test_one_clinic_is_purged_without_the_other(running: Running) -> None:
    """A clinic that asks for it would take its neighbour's data along."""
    here, there = make_clinic(running), make_clinic(running, "Elm Street Rehab")
    for clinic in (here, there):
        make_lead(running.desk, clinic.id, notice="delivered")
    purge_expired(later(running.desk, days=3000), COMMAND, clinic_id=here.id)
    with running.desk.database.read() as session:
        assert session.exec(select(Lead.clinic_id)).all() == [there.id]
    with pytest.raises(Invalid, match="sessions"):
        purge_expired(running.desk, COMMAND, ["sessions"], here.id)


def due(desk: Desk, clinic_id: str) -> dict[str, int]:
    """What is over its time, by class."""
    return {one["class"]: one["due"] for one in purge_expired(desk, DESK, (), clinic_id, dry_run=True)["classes"]}


def test_each_class_goes_by_itself_and_of_one_clinic_only(running: Running) -> None:
    """A class that forgets to look at the clinic, or takes another class along, would empty a neighbour's inbox."""
    desk, now = running.desk, running.desk.clock()
    here, there = make_clinic(running), make_clinic(running, "Elm Street Rehab")
    for clinic in (here, there):
        talk = Talk(running, clinic)
        talk.say("Is there a pool on Mars?")
        make_resume_link(desk, clinic, talk.opened.conversation_id, "a-link-0001", DESK)
        make_lead(desk, clinic.id, notice="delivered")
        make_egress(desk, clinic.id)
        times = {"due_at": now, "created_at": now, "finished_at": now}
        done = Job(clinic_id=clinic.id, kind="index", state="done", **times)
        desk.database.write(lambda s, job=done: s.add(job))  # type: ignore[misc]
    then = later(desk, days=3000)
    theirs = due(then, there.id)
    order = ["links", "unanswered", "egress", "jobs", "requests", "transcripts", "leads", "talks"]
    assert set(order) == {one.name for one in CLASSES if one.of_clinic}
    for name in order:
        before = due(then, here.id)
        assert before[name], f"there is something of the class {name}"
        assert set(removed(purge_expired(then, DESK, [name], here.id))) == {name}
        after = due(then, here.id)
        assert {one for one in order if after[one] != before[one]} == {name}
        assert due(then, there.id) == theirs, f"{name} of the other clinic stays"
    assert not any(due(then, here.id).values())


def test_the_receipt_is_vouched_for_by_the_audit(running: Running) -> None:
    """Anybody could write a receipt."""
    clinic = make_clinic(running)
    for number in range(3):
        make_lead(running.desk, clinic.id, f"REF000{number}", notice="delivered")
    receipt = purge_expired(later(running.desk, days=3000), DESK, ["leads"])
    assert receipt["sha256"] == digest(receipt)
    assert digest({**receipt, "clinic_id": "clinic_other"}) != receipt["sha256"]
    with running.desk.database.read() as session:
        acts = session.exec(select(AuditEntry).where(AuditEntry.verb.startswith("purge"))).all()  # type: ignore[attr-defined]
    found = [(act.verb, act.target_kind, act.target_id, act.clinic_id) for act in acts]
    assert found == [("purged", "leads", "3", clinic.id), ("purge_receipt", "receipt", receipt["sha256"], None)]


def test_more_than_fit_into_one_commit_all_go(running: Running) -> None:
    """The rest would stay until somebody wonders why the numbers never fall."""
    clinic = make_clinic(running)
    for number in range(120):
        make_lead(running.desk, clinic.id, f"REF{number:04}", notice="delivered")
    receipt = purge_expired(later(running.desk, days=3000), DESK, ["leads"])
    assert removed(receipt)["leads"]["lead"] == 120
    assert count(running.desk, Conversation) == 0


def test_the_command_takes_classes_and_still_takes_papers(running: Running) -> None:
    """Two meanings of one word: one of them would stop working."""
    assert ("all", *(one.name for one in CLASSES)) == CHOICES
    clinic = make_clinic(running)
    arguments = {"clinic": None, "classes": ["talks"], "dry_run": True}
    found = run(running.desk, "purge", arguments, lambda _: None)
    assert [one["class"] for one in found["classes"]] == ["talks"]
    papers = {"clinic": clinic.site_key, "documents": [], "all": True}
    assert run(running.desk, "purge", papers, lambda _: None) == {"purged": [], "pending_jobs": 0}


def test_an_abandoned_talk_is_looked_at_before_it_goes(running: Running) -> None:
    """With a short time a patient's number could go before it became a request."""
    talk = Talk(running, make_clinic(running))
    talk.say("I need therapy for my knee. I am Rosa Delgado, 212-555-0143")
    desk = later(running.desk, days=91)
    close_abandoned(desk)
    purge_expired(desk, DESK)
    assert count(running.desk, Lead) == 1
