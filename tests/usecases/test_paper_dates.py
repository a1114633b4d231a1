"""A paper is quoted only on the days on which it holds, in the clinic's own time zone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.answering.base import AnswerKind
from app.bootstrap import Running
from app.errors import Invalid, NotFound
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.queries.live_papers import LivePapers
from app.store.queries.papers import paper
from app.store.tables import AuditEntry, DocumentVersion
from app.usecases.accept_document import accept_document
from app.usecases.answer_question import answer_question
from app.usecases.date_document import Dates, date_document
from knowledge.retriever import Retriever
from knowledge.words import Words
from tests.desk import desk_at_rest, make_clinic

FEES = b"# Fees\n\nA missed visit costs $40.\n"
JANUARY, DECEMBER = date(2031, 1, 1), date(2031, 12, 31)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        yield running, make_clinic(running)


def ingest(place: tuple[Running, ClinicFacts], data: bytes, name: str = "fees.md", dates: Dates | None = None) -> str:
    running, clinic = place
    accepted = accept_document(running.desk, clinic.id, name, data, COMMAND, dates=dates)
    running.worker.drain(["index", "unindex"])
    return accepted.document_id


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def answers(place: tuple[Running, ClinicFacts], clock: Clock) -> "object":
    """A way to ask with one retriever, whose caches stay from question to question."""
    running, clinic = place
    papers = LivePapers(running.desk.database, clock)
    retriever = Retriever(running.desk.index, Words(), papers)
    desk = replace(running.desk, clock=clock, papers=papers, retriever=retriever)

    def ask() -> bool:
        return answer_question(desk, clinic, "What does a missed visit cost?", "en").kind is AnswerKind.ANSWER

    return ask


def at(day: date, hour: int, zone_hours: int = -5) -> datetime:
    """An hour of the day in New York in winter, as UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=zone_hours)


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        (Dates(), [True] * 6),
        (Dates(JANUARY), [False, True, True, True, True, True]),
        (Dates(None, DECEMBER), [True, True, True, True, True, False]),
        (Dates(JANUARY, DECEMBER), [False, True, True, True, True, False]),
        (Dates(JANUARY, JANUARY), [False, True, True, False, False, False]),
    ],
)
def test_both_ends_are_included_and_midnight_is_the_clinics(place, dates: Dates, found: list[bool]) -> None:
    """Without it last year's fees would be quoted, or the new ones an evening early: at 8 pm in New York it is the next
    day in UTC already."""
    ingest(place, FEES, dates=dates)
    eve, after = JANUARY - timedelta(days=1), DECEMBER + timedelta(days=1)
    clock = Clock(at(eve, 23))
    ask = answers(place, clock)
    said = []
    for moment in (at(eve, 23), at(JANUARY, 0), at(JANUARY, 23), at(JANUARY + timedelta(days=40), 12)):
        clock.now = moment
        said.append(ask())
    for moment in (at(DECEMBER, 23), at(after, 0)):
        clock.now = moment
        said.append(ask())
    assert said == found


def test_the_papers_own_words_date_it(place) -> None:
    """Without it "valid through" would be a sentence like any other."""
    running, clinic = place
    document = ingest(place, b"# Fees\n\nValid January 1, 2031 - December 31, 2031\n\nA missed visit costs $40.\n")
    found = paper(running.desk.database, clinic.id, document, running.desk.clock())
    assert (found.effective_from, found.effective_to) == (JANUARY, DECEMBER)


def test_dates_set_and_cleared_by_hand_stay(place) -> None:
    """Without it what the manager said would be undone by what the file says, or leave no trace."""
    running, clinic = place
    document = ingest(place, b"# Fees\n\nEffective January 1, 2031\n\nA missed visit costs $40.\n")
    clock = Clock(at(date(2030, 6, 1), 12))
    ask = answers(place, clock)
    assert not ask()
    date_document(running.desk, clinic.id, document, Dates(), COMMAND)
    assert ask()
    date_document(running.desk, clinic.id, document, Dates(None, date(2030, 5, 31)), COMMAND)
    assert not ask()
    with running.desk.database.read() as session:
        verbs = [row.verb for row in session.exec(select(AuditEntry).where(AuditEntry.target_id == document))]
    assert verbs == ["document_dated", "document_dated"]


def test_dates_given_with_the_file_win_and_can_be_given_again(place) -> None:
    """Without it `--effective-from` would be lost to the paper's own words, or to the same bytes being there."""
    running, clinic = place
    data = b"# Fees\n\nEffective January 1, 2030\n\nA missed visit costs $40.\n"
    document = ingest(place, data, dates=Dates(JANUARY))
    assert paper(running.desk.database, clinic.id, document, running.desk.clock()).effective_from == JANUARY
    ingest(place, data, dates=Dates(None, DECEMBER))
    found = paper(running.desk.database, clinic.id, document, running.desk.clock())
    assert (found.effective_from, found.effective_to) == (None, DECEMBER)


def test_dates_that_cannot_be(place) -> None:
    """Without it a slip would hide a paper for ever, or one clinic could date another's papers."""
    running, clinic = place
    document = ingest(place, FEES)
    with pytest.raises(Invalid, match="before it starts"):
        date_document(running.desk, clinic.id, document, Dates(DECEMBER, JANUARY), COMMAND)
    other = make_clinic(running, "Other Clinic")
    with pytest.raises(NotFound):
        date_document(running.desk, other.id, document, Dates(), COMMAND)


def test_same_file_again_is_said_and_not_read_twice(place) -> None:
    """Without it a paper uploaded under two names would be quoted twice, and deleted once."""
    running, clinic = place
    desk = running.desk
    first = accept_document(desk, clinic.id, "fees.md", FEES, COMMAND)
    assert first.warning is None
    running.worker.drain(["index"])
    again = accept_document(desk, clinic.id, "fees.md", FEES, COMMAND)
    assert (again.version_id, again.status) == (first.version_id, "ready")
    assert again.warning == "'fees.md' is there already, unchanged. Nothing was done."
    twin = accept_document(desk, clinic.id, "prices.md", FEES, COMMAND)
    assert twin.document_id == first.document_id
    assert twin.warning == "'prices.md' is the same file as 'fees.md'. It was not added a second time."
    elsewhere = accept_document(desk, make_clinic(running, "Other Clinic").id, "fees.md", FEES, COMMAND)
    assert elsewhere.warning is None


def test_one_day_given_leaves_the_other_of_the_version_in_use(place: tuple[Running, ClinicFacts]) -> None:
    """While a new version waits, an end given by hand would clear the first day of the paper that is in use: next
    year's prices would be quoted today."""
    running, clinic = place
    document_id = ingest(place, b"# Fees\n\nEffective January 1, 2031\n\nA missed visit costs $40.\n")
    accept_document(running.desk, clinic.id, "fees.md", FEES, COMMAND)
    date_document(running.desk, clinic.id, document_id, Dates(None, DECEMBER), COMMAND, given=["ends"])
    with running.desk.database.read() as session:
        found = session.exec(select(DocumentVersion).order_by(DocumentVersion.created_at)).all()
        assert [(one.live, one.effective_from, one.effective_to) for one in found] == [
            (True, JANUARY, DECEMBER),
            (False, None, DECEMBER),
        ]
    with pytest.raises(Invalid, match="before it starts"):
        date_document(running.desk, clinic.id, document_id, Dates(None, date(2030, 1, 1)), COMMAND, given=["ends"])


def test_a_paper_that_holds_later_says_who_answers_until_then(place: tuple[Running, ClinicFacts]) -> None:
    """A manager who uploads next year's list today must know whether patients have one meanwhile."""
    running, clinic = place
    later = b"# Fees\n\nEffective January 1, 2031\n\nA missed visit costs $55.\n"
    document_id = ingest(place, later, "new.md")
    alone = paper(running.desk.database, clinic.id, document_id, running.desk.clock()).warnings
    assert any("January 1, 2031" in said and "nobody is answered" in said for said in alone)
    ingest(place, FEES)
    document_id = ingest(place, later + b"\n")
    beside = paper(running.desk.database, clinic.id, document_id, running.desk.clock()).warnings
    assert any("January 1, 2031" in said and "from its last version" in said for said in beside)
