"""A paper that is deleted or overtaken while it is being read leaves nothing behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.bootstrap import Running
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.store.tables import ChunkRow, DocumentVersion
from app.usecases.accept_document import Accepted, accept_document
from app.usecases.delete_document import delete_document
from tests.desk import desk_at_rest, make_clinic

OLD, NEW = b"# Fees\n\nA missed visit costs $40.\n", b"# Fees\n\nA missed visit costs $55.\n"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        yield running, make_clinic(running)


def upload(place: tuple[Running, ClinicFacts], data: bytes, minutes: int) -> Accepted:
    running, clinic = place
    desk = replace(running.desk, clock=lambda: running.desk.clock() + timedelta(minutes=minutes))
    return accept_document(desk, clinic.id, "fees.md", data, COMMAND)


def state(running: Running) -> tuple[list[str], list[str]]:
    """Statuses of the versions in their order, and the texts of all chunks."""
    with running.desk.database.read() as session:
        versions = session.exec(select(DocumentVersion).order_by(DocumentVersion.created_at))
        return [version.status for version in versions], list(session.exec(select(ChunkRow.text)))


def test_an_older_upload_that_finishes_later_does_not_win(place) -> None:
    """A retry of yesterday's paper must not put yesterday's fee back."""
    running, _ = place
    upload(place, NEW, minutes=0)
    running.worker.drain(["index"])
    with running.desk.database.read() as session:
        newest = session.exec(select(DocumentVersion)).one()
        assert newest.status == "ready"
    upload(place, OLD, minutes=-5)
    running.worker.drain(["index", "unindex"])
    statuses, texts = state(running)
    assert statuses == ["replaced", "ready"]
    assert texts == ["A missed visit costs $55."]


def test_a_paper_deleted_while_it_waits_is_never_read(place) -> None:
    """What the manager took back must not appear in an answer a minute later."""
    running, clinic = place
    accepted = upload(place, OLD, minutes=0)
    delete_document(running.desk, clinic.id, accepted.document_id, COMMAND)
    running.worker.drain(["index", "unindex"])
    assert state(running) == (["deleted"], [])
