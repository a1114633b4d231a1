"""The vectors of papers' sentences: made in the background, used for the same answers, and gone with the paper."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.bootstrap import Running
from app.jobs.queue import Claimed
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.tables import ChunkRow, ChunkSentences
from app.usecases import embed_sentences
from app.usecases.accept_document import accept_document
from app.usecases.answer_question import answer_question
from app.usecases.delete_document import delete_document
from knowledge.embedders import Vectors
from tests.desk import desk_at_rest, make_clinic

KINDS = ["index", "unindex", embed_sentences.KIND]
FEES = b"# Fees\n\nA missed visit costs $40. We ask for a day of notice."
PAPER = FEES + b"\n\n# Parking\n\nThere is a free lot behind the pharmacy.\n"
ASKED = "What does a missed visit cost?"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        running.desk.index.warm()
        yield running, make_clinic(running)


def ingest(place: tuple[Running, ClinicFacts], data: bytes = PAPER, kinds: Sequence[str] = KINDS) -> str:
    running, clinic = place
    accepted = accept_document(running.desk, clinic.id, "fees.md", data, COMMAND)
    running.worker.drain(list(kinds))
    return accepted.document_id


def kept(running: Running) -> set[tuple[str, str]]:
    """(chunk id, embedder) of all that is kept."""
    with running.desk.database.read() as session:
        return {(row.chunk_id, row.embedder) for row in session.exec(select(ChunkSentences))}


def chunks(running: Running) -> set[str]:
    with running.desk.database.read() as session:
        return set(session.exec(select(ChunkRow.id)))


def test_every_passage_is_read_and_the_answer_stays_the_same(place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector that is made in the background must say what one made at the question says."""
    running, clinic = place
    ingest(place, kinds=["index"])
    assert not kept(running)
    before = answer_question(running.desk, clinic, ASKED, "en")
    running.worker.drain(KINDS)
    assert kept(running) == {(key, running.desk.index.compares_by) for key in chunks(running)}
    running.desk.index._kept.clear()
    embedded: list[str] = []
    encode = running.desk.index._asking.encode

    def noted(texts: Sequence[str]) -> Vectors:
        embedded.extend(texts)
        return encode(texts)

    monkeypatch.setattr(running.desk.index._asking, "encode", noted)
    assert answer_question(running.desk, clinic, ASKED, "en") == before
    assert "$40" in before.text
    assert embedded
    assert not [text for text in embedded if text in PAPER.decode()]


def test_a_new_version_and_a_deletion_leave_nothing(place) -> None:
    """A sentence can be guessed from its vector."""
    running, clinic = place
    document_id = ingest(place)
    old = kept(running)
    ingest(place, PAPER.replace(b"$40", b"$50"))
    assert old.isdisjoint(kept(running))
    assert {key for key, _ in kept(running)} == chunks(running)
    delete_document(running.desk, clinic.id, document_id, COMMAND)
    assert not kept(running)


def test_a_paper_that_is_deleted_while_it_is_read_leaves_nothing(place) -> None:
    running, clinic = place
    document_id = ingest(place, kinds=["index"])
    claimed = Claimed("job_1", clinic.id, embed_sentences.KIND, {}, 1, "worker", running.desk.clock())
    keep = embed_sentences.run(running.desk, claimed)
    assert keep is not None
    delete_document(running.desk, clinic.id, document_id, COMMAND)
    running.desk.database.write(keep)
    assert not kept(running)


def test_another_embedder_reads_them_again(place) -> None:
    """Cosines of two models' vectors mean nothing."""
    running, _ = place
    ingest(place)

    def of_another(session: Session) -> None:
        for row in session.exec(select(ChunkSentences)):
            row.embedder = "another:1"

    running.desk.database.write(of_another)
    embed_sentences.mend(running.desk, place[1].id)
    running.worker.drain(KINDS)
    assert {embedder for _, embedder in kept(running)} == {running.desk.index.compares_by}


def test_more_passages_than_one_job_may_read_are_read_by_the_next(place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed_sentences, "AT_ONCE", 1)
    running, _ = place
    ingest(place)
    assert {key for key, _ in kept(running)} == chunks(running)
    assert len(chunks(running)) == 2
