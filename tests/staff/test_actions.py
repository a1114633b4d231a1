"""The clinic's actions over the staff's API."""

import copy
import threading
from typing import Any

from sqlmodel import select

from app.store.tables import AuditEntry
from tests.staff.conftest import Install
from tests.staff.test_staff_api import OWN_ACTION, rows

URL = "actions/records_request"


def test_a_manager_publishes_and_everybody_reads(fresh_install: Install) -> None:
    """A clinic could not change its own form without us, or nobody could tell who did."""
    install, cast = fresh_install, fresh_install.cast
    manager, viewer = install.token(cast.manager), install.token(cast.viewer)
    made = install.client.put(install.url(URL), json={"document": OWN_ACTION, "based_on": 0}, headers=manager)
    assert (made.status_code, made.json()["number"], made.json()["changed"]) == (200, 1, True)
    assert made.json()["notes"] == []
    listed = install.client.get(install.url("actions"), headers=viewer).json()["actions"]
    assert [(one["name"], one["number"], one["origin"]) for one in listed] == [
        ("referral", 1, "shipped"),
        ("callback", 1, "shipped"),
        ("appointment_request", 1, "shipped"),
        ("records_request", 1, "own"),
    ]
    changed = copy.deepcopy(OWN_ACTION)
    changed["completed"]["en"] = "Done."
    again = install.client.put(install.url(URL), json={"document": changed, "based_on": 1}, headers=manager).json()
    assert (again["number"], again["differences"]) == (
        2,
        [{"path": "completed.en", "old": OWN_ACTION["completed"]["en"], "new": "Done."}],
    )
    shown = install.client.get(install.url(URL), headers=viewer).json()
    assert [one["number"] for one in shown["versions"]] == [2, 1]
    assert shown["versions"][1]["document"] == OWN_ACTION
    assert shown["action"]["made_by"] == cast.manager.staff_id
    late = install.client.put(install.url(URL), json={"document": OWN_ACTION, "based_on": 1}, headers=manager)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "changed_meanwhile")
    off = install.client.delete(install.url(URL), headers=manager).json()
    assert (off["number"], off["enabled"]) == (3, False)
    verbs = [one.verb for one in rows(install, AuditEntry, AuditEntry.target_kind == "action")]
    assert verbs == ["published", "published", "switched_off"]
    reset = install.client.post(install.url("actions/referral/reset"), headers=manager)
    assert (reset.status_code, reset.json()["origin"]) == (200, "shipped")


def test_a_draft_is_checked_and_tried_without_a_trace(fresh_install: Install) -> None:
    """A coordinator who tries words would publish them, or would not learn what is wrong with them."""
    install, headers = fresh_install, fresh_install.token(fresh_install.cast.coordinator)
    wrong = copy.deepcopy(OWN_ACTION)
    wrong["slots"][2]["type"] = "choise"
    found = install.client.post(install.url(f"{URL}/validate"), json={"document": wrong}, headers=headers).json()
    assert found["plan"] is None
    assert found["problems"][0] == {
        "path": "records_request.slots[2].type",
        "what": "is 'choise'",
        "remedy": "did you mean 'choice'?",
    }
    good = install.client.post(install.url(f"{URL}/validate"), json={"document": OWN_ACTION}, headers=headers).json()
    assert (good["problems"], good["plan"]["number"]) == ([], 1)
    refused = install.client.post(install.url(f"{URL}/test"), json={"document": wrong, "say": ["hi"]}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")
    say = ["quiero una copia de mi expediente", "Rosa Delgado", "212-555-0143", "por fax", "703-555-0122", "no", "sí"]
    body = {"document": OWN_ACTION, "say": say}
    turns = install.client.post(install.url(f"{URL}/test"), json=body, headers=headers).json()["turns"]
    assert [turn["asking"] for turn in turns] == [
        "patient_name", "contact", "delivery", "fax_number", "needed_by", None, None,
    ]  # fmt: skip
    assert turns[-1]["completed"]
    assert turns[-1]["slots"]["delivery"] == "By fax"
    assert "- How to send it: By fax" in turns[-2]["reply"], "this clinic writes English"
    assert rows(install, AuditEntry, AuditEntry.target_kind == "action") == []
    listed = install.client.get(install.url("actions"), headers=headers).json()["actions"]
    assert OWN_ACTION["name"] not in [one["name"] for one in listed]


def test_address_and_document_name_one_action(install: Install) -> None:
    """A slip in the address would overwrite another action."""
    headers = install.token(install.cast.manager)
    answer = install.client.put(install.url("actions/referral"), json={"document": OWN_ACTION}, headers=headers)
    assert answer.status_code == 422
    assert "'records_request'" in answer.json()["error"]["message"]
    nested: Any = "x"
    for _ in range(500):
        nested = [nested]
    for document in ({}, {"name": "referral"}, {"name": "referral", "slots": nested}):
        answer = install.client.put(install.url("actions/referral"), json={"document": document}, headers=headers)
        assert answer.status_code == 422, answer.text
    large = {**OWN_ACTION, "title": {"en": "x" * 300_000}}
    answer = install.client.put(install.url(URL), json={"document": large}, headers=headers)
    assert answer.status_code == 413


def test_two_saves_at_once_make_two_versions_or_one_conflict(fresh_install: Install) -> None:
    """Two managers who save in one second would lose one of the two changes unseen."""
    install, headers = fresh_install, fresh_install.token(fresh_install.cast.manager)
    answers: list[int] = []

    def save(word: str) -> None:
        document = {**OWN_ACTION, "title": {"en": word, "es": word}}
        body = {"document": document, "based_on": 0}
        answers.append(install.client.put(install.url(URL), json=body, headers=headers).status_code)

    threads = [threading.Thread(target=save, args=(word,)) for word in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(answers) == [200, 409, 409]
    with install.desk.database.read() as session:
        assert len(session.exec(select(AuditEntry).where(AuditEntry.verb == "published")).all()) == 1
