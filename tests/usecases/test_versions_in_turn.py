"""A new version of a paper that holds from a later day: until then the one before answers, from that day on the new
one, and nobody has to do anything."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from app.answering.base import AnswerKind
from app.bootstrap import Running
from app.desk import Desk
from app.errors import NotFound
from app.jobs import queue
from app.jobs.queue import Claimed
from app.store.audit import COMMAND
from app.store.queries.live_papers import LivePapers
from app.store.queries.papers import paper
from app.store.queries.payer_review import Review
from app.store.queries.payers import live_payer_rows
from app.store.tables import AuditEntry, ChunkRow, DocumentVersion, PayerListRow
from app.usecases.accept_document import accept_document
from app.usecases.answer_question import answer_question
from app.usecases.change_payer_row import remove_payer_row
from app.usecases.date_document import Dates, date_document
from app.usecases.delete_document import delete_document
from app.usecases.end_turns import end_turns
from app.usecases.index_document import index_document
from app.usecases.publish_payer_rows import Approval, Published, publish_payer_rows
from app.usecases.repair_index import rebuild_index, wanted
from app.usecases.review_payers import count_waiting, review_payers
from app.usecases.unindex_document import unindex_document
from ingestion.types import Parsed
from knowledge.retriever import Retriever
from knowledge.types import Chunk, ChunkKind
from knowledge.words import Words
from tests.desk import desk_at_rest, make_clinic
from tests.payer_lists import NoIndex, publish_paper, row

NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
TODAY, DAY, LATER = date(2026, 6, 1), date(2026, 12, 1), date(2027, 1, 1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def at(self, day: date, hour: int = 12) -> None:
        """An hour of the day in New York."""
        zone = 4 if 3 < day.month < 11 else 5
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(hours=zone)


class AtRest(NoIndex):
    """Papers are found by words alone."""

    def remove(self, *_: object) -> None:
        """Nothing."""


class Plain:
    """Stands in for the parser process: the text is one passage under its heading."""

    def parse(self, data: bytes, name: str) -> Parsed:
        """What stands behind the heading."""
        heading, _, text = data.decode().partition("\n")
        return Parsed("text/markdown", (Chunk(0, ChunkKind.PROSE, text.strip(), (heading.strip("# "),)),))


class Place:
    """A clinic whose clock can be moved; one retriever, whose caches stay from question to question."""

    def __init__(self, running: Running, index: Any, parser: Any) -> None:
        self.running, self.clinic, self.clock = running, make_clinic(running), Clock(NOW)
        self.index, self.parser = index, parser
        self.open()

    def open(self) -> None:
        """The desk with fresh caches, as after a restart."""
        papers = LivePapers(self.running.desk.database, self.clock)
        retriever = Retriever(self.index, Words(), papers)
        self.desk = replace(self.running.desk, clock=self.clock, papers=papers, retriever=retriever, index=self.index)

    def ingest(self, fee: int, starts: date | None = None, said: str = "") -> str:
        """A paper with this fee becomes a version of `fees.md`. Returns the document's id."""
        data = f"# Fees\n\n{said}\n\nA missed visit costs ${fee}.\n".encode()
        dates = Dates(starts) if starts else None
        self.clock.now += timedelta(minutes=1)
        accepted = accept_document(self.desk, self.clinic.id, "fees.md", data, COMMAND, dates=dates)
        self.work("index", index_document)
        self.work("unindex", unindex_document)
        return accepted.document_id

    def work(self, kind: str, handler: Callable[[Desk, Claimed], Callable[[Session], None] | None]) -> None:
        """What the worker does with the jobs of a kind, at the clock's time."""
        database, lease = self.desk.database, timedelta(minutes=5)
        while job := database.write(lambda s: queue.claim(s, [kind], "test", self.clock(), lease)):
            then = handler(self.desk, job)
            database.write(partial(self._finish, job, then))

    def _finish(self, job: Claimed, then: Callable[[Session], None] | None, session: Session) -> None:
        queue.finish(session, job, self.clock(), then)

    def fee(self) -> int | None:
        """What a patient is told now."""
        said = answer_question(self.desk, self.clinic, "What does a missed visit cost?", "en")
        found = re.search(r"\$(\d+)", said.text) if said.kind is AnswerKind.ANSWER else None
        return int(found[1]) if found else None

    def versions(self) -> list[DocumentVersion]:
        """In the order of their upload."""
        with self.desk.database.read() as session:
            return list(session.exec(select(DocumentVersion).order_by(col(DocumentVersion.created_at))))

    def payers(self) -> list[tuple[str, str]]:
        """What patients are told of payers now."""
        today = self.clock().astimezone(ZoneInfo("America/New_York")).date()
        rows = live_payer_rows(self.desk.database, self.clinic.id, today)
        return [(one.payer, one.status.value) for one in rows]

    def review(self) -> Review:
        """What the manager sees now."""
        return review_payers(self.desk, self.clinic.id)

    def publish(self, document_id: str, **which: Any) -> Published:
        """What the manager does."""
        return publish_payer_rows(self.desk, self.clinic.id, Approval(document_id, **which), COMMAND)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with desk_at_rest(tmp_path) as running:
        yield Place(running, AtRest(), Plain())


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Place]:
    """With vectors, which take seconds to load."""
    with desk_at_rest(tmp_path) as running:
        running.desk.index.warm()
        yield Place(running, running.desk.index, running.desk.parser)


def test_the_old_version_answers_to_the_evening_before(place: Place) -> None:
    """Next year's price would be said today, or nothing at all until then, or the old one after the day. Midnight is
    the clinic's."""
    place.ingest(40)
    place.ingest(55, DAY)
    said = []
    for day, hour in ((TODAY, 12), (DAY - timedelta(days=1), 23), (DAY, 0), (DAY, 12), (LATER, 12)):
        place.clock.at(day, hour)
        said.append(place.fee())
    assert said == [40, 40, 55, 55, 55]


def test_it_is_so_after_a_restart_and_a_new_index(indexed: Place) -> None:
    """Caches or a rebuilt index would bring one of the two too early or too late."""
    indexed.ingest(40)
    indexed.ingest(55, said="Effective December 1, 2026")
    rebuild_index(indexed.desk, indexed.clinic.id)
    indexed.open()
    assert indexed.fee() == 40
    indexed.clock.at(DAY)
    assert indexed.fee() == 55
    rebuild_index(indexed.desk, indexed.clinic.id)
    indexed.open()
    assert indexed.fee() == 55


def test_what_is_over_is_cleared_up_the_day_after_and_leaves_nothing(place: Place) -> None:
    """The old paper's text would lie in the database and the index for ever."""
    place.ingest(40)
    place.ingest(55, DAY)
    end_turns(place.desk)
    assert [one.status for one in place.versions()] == ["ready", "ready"]
    place.clock.at(DAY + timedelta(days=1), 1)
    end_turns(place.desk)
    place.work("unindex", unindex_document)
    first, second = place.versions()
    assert [(one.status, one.live) for one in (first, second)] == [("replaced", False), ("ready", True)]
    assert all("$40" not in text for text in wanted(place.desk, place.clinic.id).values())
    with place.desk.database.read() as session:
        assert not session.exec(select(ChunkRow).where(ChunkRow.version_id == first.id)).all()
        ended = select(AuditEntry).where(AuditEntry.verb == "document_ended")
        assert [one.target_id for one in session.exec(ended)] == [first.id]
    assert place.fee() == 55
    end_turns(place.desk)
    assert place.fee() == 55


def test_several_versions_wait_each_for_its_day(place: Place) -> None:
    """The second upload would throw out the first, or the order of the uploads would win over the days."""
    place.ingest(40)
    place.ingest(70, LATER)
    place.ingest(55, DAY)
    place.ingest(45)  # today's fee, corrected: what waits goes on waiting
    said = []
    for day in (TODAY, DAY, LATER):
        place.clock.at(day)
        said.append(place.fee())
    assert said == [45, 55, 70]


def test_a_waiting_version_is_corrected_by_one_of_the_same_day(place: Place) -> None:
    """Both would wait, and the one with the mistake could answer."""
    place.ingest(40)
    place.ingest(550, DAY)
    place.ingest(55, DAY)
    assert [one.status for one in place.versions()] == ["ready", "replaced", "ready"]
    assert place.fee() == 40
    place.clock.at(DAY)
    assert place.fee() == 55


def test_a_version_uploaded_after_its_day_replaces_at_once(place: Place) -> None:
    """A list that has held since March would wait, or last month's would come back."""
    place.ingest(40, date(2026, 5, 1))
    place.ingest(55, date(2026, 3, 1))
    assert place.fee() == 55
    assert [one.status for one in place.versions()] == ["replaced", "ready"]


def test_the_outdated_does_not_come_back_when_its_successor_ends(place: Place) -> None:
    """Last year's price would be said as soon as this year's has run out."""
    document_id = place.ingest(40)
    place.ingest(55, DAY)
    waiting = place.versions()[1].id
    date_document(place.desk, place.clinic.id, document_id, Dates(DAY, LATER), COMMAND, version_id=waiting)
    place.clock.at(LATER)
    assert place.fee() == 55
    place.clock.at(LATER + timedelta(days=1))
    assert place.fee() is None


def test_days_of_the_waiting_version_are_set_by_hand(place: Place) -> None:
    """Giving the new version its day would silence the one in use."""
    document_id = place.ingest(40)
    place.ingest(55, LATER)
    date_document(place.desk, place.clinic.id, document_id, Dates(DAY), COMMAND)
    assert place.fee() == 40
    place.clock.at(DAY)
    assert place.fee() == 55
    with pytest.raises(NotFound):
        date_document(place.desk, place.clinic.id, document_id, Dates(), COMMAND, version_id="ver_unknown")


def test_a_first_day_given_while_the_new_version_is_read_leaves_the_old_one(place: Place) -> None:
    """A manager who uploads and at once sets the first day would take today's paper out of use."""
    document_id = place.ingest(40)
    place.clock.now += timedelta(minutes=1)
    accept_document(place.desk, place.clinic.id, "fees.md", b"# Fees\n\nA missed visit costs $55.\n", COMMAND)
    date_document(place.desk, place.clinic.id, document_id, Dates(DAY), COMMAND)
    place.work("index", index_document)
    assert place.fee() == 40
    place.clock.at(DAY)
    assert place.fee() == 55


def test_after_the_waiting_one_was_deleted_days_are_those_of_the_one_that_stays(place: Place) -> None:
    """The days would be given to a version that is gone, and the page would say nothing of it."""
    document = place.ingest(40)
    place.ingest(60, DAY)
    delete_document(place.desk, place.clinic.id, document, COMMAND, version_id=place.versions()[1].id)
    date_document(place.desk, place.clinic.id, document, Dates(LATER), COMMAND)
    assert place.fee() is None
    place.clock.at(LATER)
    assert place.fee() == 40


@pytest.mark.parametrize(("deleted", "said"), [(1, [40, 40]), (0, [None, 55])])
def test_one_of_the_two_is_deleted_and_leaves_nothing(place: Place, deleted: int, said: list[int | None]) -> None:
    """A list uploaded too early could only be taken back with the paper that patients need."""
    document_id = place.ingest(40)
    place.ingest(55, DAY)
    gone = place.versions()[deleted].id
    receipt = delete_document(place.desk, place.clinic.id, document_id, COMMAND, version_id=gone)
    assert (receipt.versions, receipt.chunks > 0, receipt.files) == (1, True, 1)
    place.work("unindex", unindex_document)
    heard = [place.fee()]
    place.clock.at(DAY)
    assert [*heard, place.fee()] == said
    with place.desk.database.read() as session:
        assert not session.exec(select(ChunkRow).where(ChunkRow.version_id == gone)).all()
    place.open()
    assert place.fee() == said[1]
    with pytest.raises(NotFound):
        delete_document(place.desk, place.clinic.id, document_id, COMMAND, version_id=gone)
    delete_document(place.desk, place.clinic.id, document_id, COMMAND)
    assert place.fee() is None
    assert wanted(place.desk, place.clinic.id) == {}


def test_deleting_one_of_two_clears_its_vectors(indexed: Place) -> None:
    """The deleted text would come back with the next rebuilding of the index, or stay in it."""
    document_id = indexed.ingest(40)
    indexed.ingest(55, DAY)
    waiting = indexed.versions()[1].id
    receipt = delete_document(indexed.desk, indexed.clinic.id, document_id, COMMAND, version_id=waiting)
    assert receipt.vectors == receipt.chunks > 0
    assert rebuild_index(indexed.desk, indexed.clinic.id)[0] == receipt.chunks
    indexed.open()
    assert indexed.fee() == 40
    indexed.clock.at(DAY)
    assert indexed.fee() == 40


def test_the_last_version_goes_with_its_paper(place: Place) -> None:
    """An empty paper would stay on the list."""
    document_id = place.ingest(40)
    delete_document(place.desk, place.clinic.id, document_id, COMMAND, version_id=place.versions()[0].id)
    with pytest.raises(NotFound):
        paper(place.desk.database, place.clinic.id, document_id, place.clock())


def test_staff_see_what_waits(place: Place) -> None:
    """Nobody would know why the new list is not answered from yet."""
    document_id = place.ingest(40)
    place.ingest(70, LATER)
    place.ingest(55, DAY)
    found = paper(place.desk.database, place.clinic.id, document_id, place.clock())
    assert [(one.starts, one.replaces) for one in found.waiting] == [(DAY, True), (LATER, True)]
    assert (found.status, found.older_answers) == ("ready", True)
    place.clock.at(DAY)
    found = paper(place.desk.database, place.clinic.id, document_id, place.clock())
    assert [one.starts for one in found.waiting] == [LATER]
    assert found.answering_since == place.versions()[2].ready_at


def test_the_same_file_as_the_one_that_is_over_counts_anew(place: Place) -> None:
    """Going back to the old text after the day would be answered with "is there already"."""
    place.ingest(40)
    place.ingest(55, DAY)
    place.clock.at(DAY)
    place.ingest(40)
    assert place.fee() == 40


OLD = [row("Cigna"), row("Aetna"), row("Humana")]
NEW = [row("Cigna"), row("Aetna", None, "out_of_network"), row("Oscar")]


def two_lists(place: Place) -> str:
    """The list in use, published; and one from December on, whose rows wait."""
    document_id = publish_paper(place.desk, place.clinic.id, OLD).document_id
    place.publish(document_id)
    publish_paper(place.desk, place.clinic.id, NEW, minutes=1, dates=Dates(DAY))
    return document_id


def test_payer_rows_change_on_the_day(place: Place) -> None:
    """Patients would be told today what their plan is next year, or nothing until then."""
    document_id = two_lists(place)
    assert place.payers() == [("Cigna", "in_network"), ("Aetna", "in_network"), ("Humana", "in_network")]
    today, coming = place.review().documents
    assert (today.starts, today.waiting, len(today.unchanged)) == (None, 0, 3)
    assert coming.starts == DAY
    assert [one.facts.payer for one in coming.added] == ["Oscar"]
    assert [(one.before.facts.status, one.row.facts.status) for one in coming.changed] == [
        ("in_network", "out_of_network")
    ]
    assert [one.facts.payer for one in coming.removed] == ["Humana"]
    assert [one.facts.payer for one in coming.unchanged] == ["Cigna"]
    assert place.review().conflicts == (), "they hold one after the other"
    assert count_waiting(place.desk, place.clinic.id) == {document_id: 3}
    assert place.publish(document_id) == Published(published=2, removed=1, waiting=0)
    assert place.review().waiting == 0
    assert len(place.payers()) == 3
    place.clock.at(DAY)
    after = [("Cigna", "in_network"), ("Aetna", "out_of_network"), ("Oscar", "in_network")]
    assert place.payers() == after
    assert [(one.starts, one.waiting) for one in place.review().documents] == [(None, 0)]
    place.clock.at(DAY + timedelta(days=1))
    end_turns(place.desk)
    assert place.payers() == after
    assert place.review().waiting == 0, "the manager has seen it all before the day"
    with place.desk.database.read() as session:
        assert len(session.exec(select(PayerListRow)).all()) == 3


def test_rows_that_nobody_published_before_the_day_do_not_answer_and_wait(place: Place) -> None:
    """An unseen row would answer by the mere passing of time, or what changed would be lost to the manager's sight."""
    two_lists(place)
    for day in (DAY, DAY + timedelta(days=1)):
        place.clock.at(day)
        end_turns(place.desk)
        assert place.payers() == [("Cigna", "in_network")], "what was approved and is said again"
        [found] = place.review().documents
        assert (len(found.added), len(found.changed), len(found.removed)) == (1, 1, 1)
    assert place.publish(found.document_id) == Published(published=2, removed=2, waiting=0)
    assert place.review().waiting == 0


def test_the_versions_are_published_one_by_one(place: Place) -> None:
    """Looking at December's list would publish today's unseen rows with it."""
    document_id = publish_paper(place.desk, place.clinic.id, OLD).document_id
    publish_paper(place.desk, place.clinic.id, NEW, minutes=1, dates=Dates(DAY))
    today, coming = place.review().documents
    assert (len(today.added), len(coming.added)) == (3, 3)
    assert place.publish(document_id, version_id=coming.version_id).published == 3
    assert place.payers() == []
    assert place.publish(document_id, version_id=today.version_id).published == 3
    assert len(place.payers()) == 3


def test_a_row_taken_out_today_does_not_come_back_unseen(place: Place) -> None:
    """What the manager took out would be answered again from December on, because it had been approved before."""
    two_lists(place)
    today, _ = place.review().documents
    remove_payer_row(place.desk, place.clinic.id, today.unchanged[0].id, COMMAND)
    assert [one[0] for one in place.payers()] == ["Aetna", "Humana"]
    place.clock.at(DAY)
    assert place.payers() == []


def test_taking_out_a_coming_row_leaves_todays(place: Place) -> None:
    """The other way round, today's answer must not go."""
    two_lists(place)
    coming = place.review().documents[1]
    remove_payer_row(place.desk, place.clinic.id, coming.unchanged[0].id, COMMAND)
    assert len(place.payers()) == 3


def test_a_corrected_waiting_list_is_compared_with_the_one_in_use(place: Place) -> None:
    """Rows of the list that never was in use would show up as removed, or the ones in use be lost."""
    document_id = two_lists(place)
    place.publish(document_id)
    publish_paper(place.desk, place.clinic.id, [*NEW, row("Devoted")], minutes=2, dates=Dates(DAY))
    today, coming = place.review().documents
    assert len(today.unchanged) == 3
    assert [one.facts.payer for one in coming.added] == ["Devoted"]
    assert (coming.changed, coming.removed) == ((), ()), "seen before"
    delete_document(place.desk, place.clinic.id, document_id, COMMAND, version_id=coming.version_id)
    assert len(place.payers()) == 3
    place.clock.at(DAY)
    assert len(place.payers()) == 3
    with place.desk.database.read() as session:
        assert {one.payer for one in session.exec(select(PayerListRow))} == {"Cigna", "Aetna", "Humana"}
