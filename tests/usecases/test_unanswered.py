"""Unanswered questions: grouped by what they mean, closed by staff."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlmodel import select

from app.bootstrap import Running
from app.errors import NotFound
from app.store.audit import Actor
from app.store.queries.clinics import ClinicFacts
from app.store.tables import AuditEntry, Conversation, UnansweredQuestion
from app.usecases.close_unanswered import close_unanswered
from app.usecases.group_unanswered import group_unanswered
from tests.desk import desk_at_rest, make_clinic

PARAPHRASES = yaml.safe_load((Path(__file__).parent / "paraphrases.yaml").read_text(encoding="utf-8"))
STAFF = Actor("staff", "staff_one")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        yield running, make_clinic(running)


def ask(place: tuple[Running, ClinicFacts], *questions: str) -> None:
    running, clinic = place
    now = running.desk.clock()

    def work(session) -> None:
        talk = Conversation(clinic_id=clinic.id, consent_version="1", state={}, created_at=now, last_message_at=now)
        session.add(talk)
        session.flush()
        for number, question in enumerate(questions):
            at = now + timedelta(minutes=number)
            session.add(
                UnansweredQuestion(clinic_id=clinic.id, conversation_id=talk.id, question=question, created_at=at)
            )

    running.desk.database.write(work)


def groups(place: tuple[Running, ClinicFacts]) -> list[tuple[str, int, tuple[str, ...]]]:
    running, clinic = place
    return [(g.question, g.count, g.wordings) for g in group_unanswered(running.desk, clinic.id)]


def test_equal_words_are_one_line_while_the_index_is_loading(place) -> None:
    """The page would be empty, or wait for seconds, after each restart."""
    assert not place[0].desk.index.ready
    ask(place, "Do you have a pool?", "do you have a pool", "Is there wifi?")
    assert groups(place) == [("do you have a pool", 2, ()), ("Is there wifi?", 1, ())]


def test_a_broken_index_leaves_the_list_whole(place) -> None:
    """Staff could not read the questions because a file of the index is damaged."""

    class Broken:
        ready = True

        def alike(self, texts):
            raise RuntimeError("no model")

    ask(place, "Do you have a pool?", "do you have a pool")
    broken = (replace(place[0], desk=replace(place[0].desk, index=Broken())), place[1])
    assert groups(broken) == [("do you have a pool", 2, ())]


def test_questions_with_one_meaning_are_one_line_with_a_number(place) -> None:
    """The commonest gap in the papers would hide as forty lines among two hundred."""
    running, clinic = place
    running.desk.index.warm()
    texts = [text for group in PARAPHRASES["en"] for text in group]
    belongs = {text: place for place, group in enumerate(PARAPHRASES["en"]) for text in group}
    ask(place, *texts)
    found = group_unanswered(running.desk, clinic.id)
    assert sum(group.count for group in found) == len(texts), "a question got lost"
    together = {text: group.id for group in found for text in (group.question, *group.wordings)}
    pairs = [(belongs[a] == belongs[b], together[a] == together[b]) for a, b in itertools.combinations(texts, 2)]
    put, right, there = sum(b for _, b in pairs), sum(a and b for a, b in pairs), sum(a for a, _ in pairs)
    assert right / put >= 0.9, f"{put - right} of {put} pairs do not belong together"
    assert right / there >= 0.5, f"{right} of {there} pairs were found"
    assert found[0].count >= 3
    assert found[0].first_asked < found[0].last_asked
    for language in PARAPHRASES.values():
        assert len({text for group in language for text in group}) == sum(map(len, language)), "a text stands twice"


def test_no_words_of_patients_reach_the_disk_by_grouping(place) -> None:
    """The index is not encrypted: a question in it could be read by whoever finds the folder."""
    running, clinic = place
    running.desk.index.warm()
    ask(place, "Is zebrawood allowed in the waiting room?", "may i bring zebrawood to the waiting room")
    group_unanswered(running.desk, clinic.id)
    files = [path for path in running.desk.settings.data_dir.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if b"zebrawood" in path.read_bytes()] == []


def test_closed_questions_leave_the_list_until_asked_again(place) -> None:
    """A manager who wrote the answer into a paper would see the old question for ever."""
    running, clinic = place
    ask(place, "Do you have a pool?", "do you have a pool", "Is there wifi?")
    [pool, _] = group_unanswered(running.desk, clinic.id)
    assert close_unanswered(running.desk, clinic.id, pool.ids, STAFF, "client-0001") == 2
    assert close_unanswered(running.desk, clinic.id, pool.ids, STAFF, "client-0001") == 2, "the same click"
    assert groups(place) == [("Is there wifi?", 1, ())]
    with running.desk.database.read() as session:
        acts = session.exec(select(AuditEntry).where(AuditEntry.verb == "closed")).all()
    assert {(act.target_id, act.actor_id) for act in acts} == {(one, "staff_one") for one in pool.ids}
    ask(place, "Do you have a pool?")
    assert len(groups(place)) == 2


def test_a_question_of_another_clinic_cannot_be_closed(place) -> None:
    """One clinic could empty the list of another."""
    running, clinic = place
    ask(place, "Do you have a pool?")
    [pool] = group_unanswered(running.desk, clinic.id)
    other = make_clinic(running, "Cedar Clinic")
    with pytest.raises(NotFound):
        close_unanswered(running.desk, other.id, pool.ids, STAFF)
    assert len(groups(place)) == 1
