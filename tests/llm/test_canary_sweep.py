"""Whole turns of many made-up patients with a real server over HTTP as the model: nothing of them is in the bytes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from app.store.audit import COMMAND
from app.store.tables import Egress
from app.store.tables.models import ModelExam
from app.understanding.exam import exam_version
from app.usecases.accept_document import accept_document
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.llm import servers
from tests.llm.canaries import Canary, canaries, left_in
from tests.llm.servers import Asked, ModelServer, model_server
from tests.llm.test_redaction import TOKEN

GUIDE = b"""# Your visit

The first visit takes 60 minutes. Later visits take 40 minutes.

# Fees

A missed visit costs $45.
"""
SAID = (
    "Hi, my name is {name}. How long does the first visit take?",
    "I need physical therapy for my back, was referred by Dr. {name}. How much is a missed visit?",
    "{name}",
    "{phone} or {email}. i have Aetna, member id {member_id}, born {birth_date}. What does a missed visit cost?",
    "{name} here again, i live at {address}. how long do later visits take?",
)


def _echo(asked: Asked) -> object:
    """Every token that it was sent, in a true answer: what comes back to the patient must hold none."""
    if asked.schema is not None:
        return servers.value_for(asked.schema, lambda: "")
    return f"Your first visit takes 60 minutes [P1]. {' '.join(TOKEN.findall(asked.text))} [NAME_99] [P1]."


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with model_server(servers.honest(_echo)) as running:
        yield running


def _say_all(talk: Talk, patient: Canary) -> list[str]:
    values = {field: getattr(patient, field) for field in patient.__slots__}
    return [talk.say(said.format(**values))["reply"] for said in SAID]


def _sweep(server: ModelServer, folder: Path, patients: list[Canary], **more: object) -> tuple[list[bytes], list[str]]:
    """The bodies that the server got and the replies that the patients read, each with all of SAID."""
    settings = {"llm_base_url": server.base_url, "llm_model": "scripted", "llm_tokens_per_day": 50_000_000, **more}
    with desk_at_rest(folder, **settings, llm_turn_s=30, llm_first_words_s=30) as running:
        clinic = make_clinic(running, model_on=True)
        accept_document(running.desk, clinic.id, "guide.md", GUIDE, COMMAND)
        assert running.worker.drain(["index"]) == 1
        guests = running.desk.guests
        assert guests is not None
        guests.warm()
        told = {"host": guests.host, "model": guests.model, "exam": exam_version(), "taken_at": running.desk.clock()}
        exam = ModelExam(**told, right=9, asked=9, passed=True)
        running.desk.database.write(lambda session: session.add(exam))
        server.asked.clear()
        replies = [reply for patient in patients for reply in _say_all(Talk(running, clinic), patient)]
        bodies = [asked.raw for asked in server.asked]
        with running.desk.database.read() as session:
            recorded = [row.body.encode() for row in session.exec(select(Egress))]
    assert sorted(recorded) == sorted(bodies), "what staff read is what left"
    return bodies, replies


def test_no_made_up_patient_is_in_any_byte_that_left(server: ModelServer, tmp_path: Path) -> None:
    patients = canaries()[::12]
    bodies, replies = _sweep(server, tmp_path, patients)
    assert {asked.schema is not None for asked in server.asked} == {True, False}, "both uses of a model were swept"
    assert len(bodies) >= 3 * len(patients)
    assert left_in(bodies, patients) == []
    assert not [reply for reply in replies if TOKEN.search(reply)]


def test_with_redaction_off_the_sweep_finds_the_patient(server: ModelServer, tmp_path: Path) -> None:
    patient = canaries()[1]
    bodies, _ = _sweep(server, tmp_path, [patient], llm_redaction="off", llm_baa="A made-up agreement, 2026")
    left = left_in(bodies, [patient])
    assert all(any(value in one for one in left) for value in ("tran", patient.phone, patient.member_id)), left
