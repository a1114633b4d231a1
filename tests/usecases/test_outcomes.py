"""Outcomes of stored leads: they go with what the patient told, and follow what the patient corrects."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.queries.leads import lead, leads
from app.store.tables import Lead
from app.usecases.keep_lead import empty
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.payer_lists import publish_paper, row

OPENING = (
    "PT referral for my knee. My name is Rhea Colby, 703-555-0185, Dr. Stig Moberg, orthopedics, Humana, H55102938"
)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    with desk_at_rest(tmp_path) as running:
        clinic = make_clinic(running)
        paper = publish_paper(running.desk, clinic.id, [row("Aetna"), row("Humana", status="out_of_network")])
        publish_payer_rows(running.desk, clinic.id, Approval(paper.document_id, None, None), COMMAND)
        yield Talk(running, clinic_of_site(running.desk.database, clinic.site_key))


def decided(talk: Talk) -> tuple[str, list[str]]:
    """The newest lead's outcome and the rules behind it."""
    database = talk.running.desk.database
    [line] = leads(database, talk.clinic.id).leads
    found = lead(database, talk.clinic.id, line.id).decision
    assert found is not None
    return found.outcome.value, [reason.rule for reason in found.reasons]


def test_the_outcome_follows_the_talk(talk: Talk) -> None:
    """Whoever opens the list meanwhile must not read what held two messages ago."""
    talk.say(OPENING)
    outcome, rules = decided(talk)
    assert outcome == "needs_human"
    assert {"not-finished", "payer-out-of-network"} <= set(rules)
    talk.say("sorry, my insurance is Aetna, not Humana")
    outcome, rules = decided(talk)
    assert "not-finished" in rules
    assert "payer-out-of-network" not in rules


def test_what_the_patient_takes_back_leaves_no_facts(talk: Talk) -> None:
    """Facts and reasons repeat what was told: they must not outlive it."""
    talk.say(OPENING)
    with talk.running.desk.database.read() as session:
        found = session.exec(select(Lead)).one()
        session.expunge(found)
    assert "Rhea" in json.dumps(found.facts)
    empty(found)
    left = json.dumps(found.model_dump(mode="json"))
    assert not [word for word in ("Rhea", "Humana", "Moberg", "knee") if word in left]
    assert (found.outcome, found.score, found.reasons) == (None, 0, [])
