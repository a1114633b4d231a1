"""What becomes of a request, from outside: a patient tells it over HTTP, staff read the outcome with its reasons."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.usecases.accept_document import accept_document
from app.usecases.change_clinic import change_clinic
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from app.usecases.save_rules import NewRules, save_rules
from tests.cast import make_clinic
from tests.payer_lists import publish_paper, row
from tests.staff.conftest import Install, start

FEES = b"# Fees\n\nWithout insurance, a visit costs $95 and the first visit costs $140.\n"
SLOTS = {
    "patient_name": "Rosa Delgado",
    "contact": "212-555-0143",
    "referring_provider": "Dr. Smith",
    "provider_specialty": "orthopedics",
    "reason": "stiff knee",
    "insurance_carrier": "Aetna",
    "member_id": "W20019283",
    "preferred_times": "friday mornings",
    "zip": "60601",
}


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """Harbor serves one ZIP, has a payer list and a paper with fees; mesa has neither."""
    for made in start(tmp_path_factory.mktemp("outcomes"), rate_limits="off"):
        desk, clinic_id = made.desk, made.cast.clinic_id
        change_clinic(desk, "harbor", {"service_zips": ["60601"], "languages": ["en", "es"]}, COMMAND)
        drafts = [
            row("Aetna"),
            row("Humana", status="out_of_network"),
            row("Cigna", referral="Required"),
            row("United Healthcare", prior_authorization="Required"),
        ]
        paper = publish_paper(desk, clinic_id, drafts)
        publish_payer_rows(desk, clinic_id, Approval(paper.document_id, None, None), COMMAND)
        accept_document(desk, clinic_id, "fees.md", FEES, COMMAND)
        made.client.app.state["running"].worker.drain(["index"])
        make_clinic(desk, "quay", "Quay Physical Therapy")
        yield made


class Patient:
    """Somebody who writes to a clinic."""

    def __init__(self, install: Install, site_key: str = "harbor") -> None:
        self.client, self.site_key = install.client, site_key
        consent = self.client.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
        body = {"site_key": site_key, "client_id": secrets.token_hex(8), "consent": consent}
        opened = self.client.post("/api/v1/conversations", json=body).json()
        self.url = f"/api/v1/conversations/{opened['conversation_id']}"
        self.headers = {"Authorization": f"Bearer {opened['token']}", "Accept": "application/json"}

    def say(self, text: str) -> dict[str, Any]:
        """The reply object."""
        body = {"client_id": secrets.token_hex(8), "text": text}
        answer = self.client.post(f"{self.url}/messages", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def tell(self, opening: str = "I have a referral", **slots: str) -> dict[str, Any]:
        """Answers whatever is asked, says yes to what is read back, and returns the last reply."""
        told, done = SLOTS | slots, self.say(opening)
        for _ in range(14):
            action = done["action"]
            if action["status"] == "completed":
                return done
            done = self.say("yes" if action["status"] == "confirming" else told[action["asking"]])
        raise AssertionError(f"not done: {done}")

    def send(self, **slots: str) -> dict[str, Any]:
        """The whole request at once."""
        body = {"client_id": secrets.token_hex(8), "action": "referral", "slots": slots}
        answer = self.client.post(f"{self.url}/contact", json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


def lead(install: Install, lead_id: str, site_key: str = "harbor") -> dict[str, Any]:
    """The lead as a coordinator's script reads it."""
    someone = install.cast.coordinator if site_key == "harbor" else install.cast.stranger
    answer = install.client.get(install.url(f"leads/{lead_id}", site_key), headers=install.token(someone))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def rules_of(found: dict[str, Any]) -> list[str]:
    return [reason["rule"] for reason in found["reasons"]]


@pytest.mark.parametrize(
    ("slots", "outcome", "rule", "said"),
    [
        ({}, "ready", "nothing-against", ""),
        ({"zip": "60699"}, "out_of_area", "outside-the-area", "outside the area"),
        ({"insurance_carrier": "Humana"}, "out_of_network", "payer-out-of-network", "payers.csv"),
        (
            {"insurance_carrier": "Cigna", "referring_provider": "nobody referred me"},
            "needs_referral",
            "payer-needs-referral",
            "ask your doctor",
        ),
        ({"insurance_carrier": "workers comp"}, "needs_human", "unusual-insurance", "A person|a person"),
        ({"reason": "my knee and my shoulder"}, "needs_human", "several-problems", "clinician"),
    ],
)
def test_each_outcome_is_told_stored_and_explained(
    install: Install, slots: dict[str, str], outcome: str, rule: str, said: str
) -> None:
    """The chat, the API and the row have to say the same."""
    done = Patient(install).tell(**slots)
    assert done["outcome"] == outcome
    assert done["reference"] in done["reply"]
    assert any(part in done["reply"] for part in said.split("|"))
    found = lead(install, done["referral_id"])
    assert found["outcome"] == outcome
    assert found["reasons"][0]["outcome"] == outcome
    assert rule in rules_of(found)
    assert found["score"] == sum(point["points"] for point in found["points"] if not point["urgency"])
    assert found["score"] > 0
    assert found["rules_version"] == 0
    if said:
        assert any(part in found["patient_text"]["en"] for part in said.split("|"))
        assert "{" not in found["patient_text"]["en"], "the clinic's name and phone are filled in"


def test_the_price_of_paying_alone_is_quoted_only_from_a_paper(install: Install) -> None:
    """A price that no paper states would be a promise that the clinic never made."""
    quoted = Patient(install).tell(insurance_carrier="Humana")["reply"]
    assert "$95" in quoted
    assert "fees.md" in quoted
    done = Patient(install, "mesa").tell("I have a referral", insurance_carrier="no insurance")
    assert done["outcome"] == "ready"
    assert "$" not in done["reply"]


def test_the_source_of_a_payers_word_is_named_with_its_day(install: Install) -> None:
    """Lists change; a coordinator must see which one said no, and since when."""
    done = Patient(install).tell(insurance_carrier="Humana")
    [reason] = [one for one in lead(install, done["referral_id"])["reasons"] if one["outcome"] == "out_of_network"]
    assert reason["source"] == "payers.csv"
    assert reason["dated"] == install.desk.clock().astimezone(ZoneInfo("America/Chicago")).date().isoformat()
    assert "Humana" in reason["staff_text"]


def test_an_emergency_outranks_everything_and_stays_urgent(install: Install) -> None:
    """Who was told to call 911 and then finishes the form must not end up in the middle of the queue."""
    patient = Patient(install)
    patient.say("I have a referral. My name is Rosa Delgado, 212-555-0143")
    done = patient.say("I have crushing chest pain right now")
    assert (done["emergency"], done["outcome"]) == (True, "urgent")
    done = patient.tell("it is over, let's go on with the referral", zip="60699", insurance_carrier="Humana")
    assert done["outcome"] == "urgent"
    found = lead(install, done["referral_id"])
    outcomes = [reason["outcome"] for reason in found["reasons"]]
    assert outcomes == sorted(outcomes, key=["urgent", "out_of_area", "out_of_network", "ready"].index)
    assert {"urgent", "out_of_area", "out_of_network"} <= set(outcomes)
    assert found["urgency"] >= 100


def test_a_request_sent_at_once_is_decided_too(install: Install) -> None:
    """A form, or another server, must not bypass the rules; what it leaves out is known to be missing."""
    sent = Patient(install).send(**SLOTS | {"zip": "60699"})
    assert lead(install, sent["referral_id"])["outcome"] == "out_of_area"
    bare = Patient(install).send(patient_name="Rosa Delgado", contact="212-555-0143")
    found = lead(install, bare["referral_id"])
    assert found["outcome"] == "needs_human"
    assert any("insurance carrier" in reason["staff_text"] for reason in found["reasons"])
    unreachable = Patient(install).send(patient_name="Rosa Delgado")
    assert "not-finished" in rules_of(lead(install, unreachable["referral_id"]))


def test_what_is_left_unfinished_has_an_outcome_as_well(install: Install) -> None:
    """The list is worked off by outcome: a lead without one would be seen by nobody."""
    patient = Patient(install)
    done = patient.say("I have a referral. My name is Rosa Delgado, 212-555-0143")
    assert done["outcome"] is None, "nothing is decided before it is sent"
    answer = install.client.get(install.url("leads?order=newest"), headers=install.token(install.cast.coordinator))
    newest = answer.json()["leads"][0]
    assert (newest["status"], newest["outcome"]) == ("in_progress", "needs_human")
    assert "not-finished" in rules_of(lead(install, newest["id"]))


def test_who_is_no_patient_comes_last(install: Install) -> None:
    """A sales call must not stand before somebody in pain, and must not be lost either."""
    patient = Patient(install)
    patient.say("Hi, I represent a company that sells treatment tables to clinics like yours")
    done = patient.tell("My name is Todd Vance, 212-555-0144", reason="treatment tables", patient_name="Todd Vance")
    assert done["outcome"] == "not_a_patient"
    headers = install.token(install.cast.coordinator)
    listed = install.client.get(install.url("leads"), headers=headers).json()["leads"]
    assert listed[-1]["outcome"] == "not_a_patient"
    assert lead(install, listed[-1]["id"])["reasons"][0]["rule"] == "not-a-patient"


def test_the_zip_is_asked_for_only_where_an_area_is_served(install: Install) -> None:
    """Nobody is asked for what decides nothing."""
    asked = []
    for site_key in ("harbor", "mesa"):
        done = Patient(install, site_key).tell()
        asked.append("zip" in done["action"]["slots"])
    assert asked == [True, False]


def test_a_surgery_is_dated_only_where_a_rule_needs_it(install: Install) -> None:
    """Most patients have had none: to ask each of them would be one question too many."""
    rules = {
        "ask": [{"slot": "surgery_date", "only_if": {"fact": "reason", "contains": "surgery"}}],
        "rules": [
            {
                "name": "fresh-surgery",
                "outcome": "needs_human",
                "when": {"fact": "days_since_surgery", "at_most": 14},
                "staff": "{days_since_surgery} days after surgery.",
            }
        ],
    }
    clinic = clinic_of_site(install.desk.database, "quay")
    save_rules(install.desk, clinic, NewRules(rules), COMMAND)
    seen = []
    for reason, day in [("stiff knee", ""), ("knee surgery", "ten days ago"), ("knee surgery", "two months ago")]:
        done = Patient(install, "quay").tell(reason=reason, surgery_date=day)
        seen.append(("surgery_date" in done["action"]["slots"], done["outcome"]))
    assert seen == [(False, "ready"), (True, "needs_human"), (True, "ready")]


def test_a_spanish_speaker_reads_the_outcome_in_spanish(install: Install) -> None:
    done = Patient(install).tell("Tengo una remisión de mi doctor", zip="60699", patient_name="Me llamo Rosa Delgado")
    assert "fuera de la zona" in done["reply"]


def test_the_queue_stands_by_urgency_and_score(install: Install) -> None:
    """The order is what the score is for; it hides nobody."""
    headers = install.token(install.cast.coordinator)
    listed = install.client.get(install.url("leads"), headers=headers).json()["leads"]
    newest = install.client.get(install.url("leads?order=newest"), headers=headers).json()["leads"]
    assert {one["id"] for one in listed} == {one["id"] for one in newest}
    keys = [
        (one["outcome"] != "urgent", one["outcome"] == "not_a_patient", -one["urgency"], -one["score"])
        for one in listed
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) > 3
    times = [one["created_at"] for one in newest]
    assert times == sorted(times, reverse=True)
    assert install.client.get(install.url("leads?order=best"), headers=headers).status_code == 422


def test_rules_that_cannot_be_read_lose_nobody(install: Install, tmp_path: Path) -> None:
    """A broken rule file must cost a decision, not a referral."""
    from sqlmodel import select

    from app.store.tables import Clinic, RuleVersion

    def damage(session: Any) -> None:
        clinic = session.exec(select(Clinic).where(Clinic.site_key == "mesa")).one()
        data = {"extends": "none", "rules": [{"name": "x"}]}
        now = install.desk.clock()
        session.add(RuleVersion(clinic_id=clinic.id, number=1, data=data, actor_kind="command", created_at=now))
        clinic.rules_version = 1
        session.add(clinic)

    install.desk.database.write(damage)
    done = Patient(install, "mesa").tell()
    assert done["outcome"] == "needs_human"
    assert rules_of(lead(install, done["referral_id"], "mesa")) == ["could-not-decide"]
