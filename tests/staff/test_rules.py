"""The clinic's rules over the API: validated, versioned, tried out on stored leads, and never applied backwards."""

from typing import Any

import pytest
from sqlmodel import select

from app.dialogue.state import SlotStatus, SlotValue
from app.store.queries.clinics import clinic_of_id
from app.store.tables import AuditEntry, Lead
from app.usecases.qualify import Case, qualify
from tests.cast import SLOTS, Someone, make_lead
from tests.staff.conftest import Install
from tests.staff.test_dashboard import Browser, seen

NO_KNEES = {
    "rules": [
        {
            "name": "no-knees",
            "outcome": "out_of_area",
            "when": {"fact": "reason", "contains": "knee"},
            "staff": "Knees are seen at the other office.",
        }
    ]
}


def decided_lead(install: Install, reference: str, reason: str) -> str:
    """A lead that the rules in force decided, as a conversation leaves it."""
    slots = {**SLOTS, "reason": {"status": "filled", "value": reason, "said": reason}}
    values = {name: SlotValue(SlotStatus(one["status"]), one["value"], one["said"]) for name, one in slots.items()}
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id, reference, slots=slots, notice="delivered")
    with install.desk.database.read() as session:
        clinic = clinic_of_id(session, install.cast.clinic_id)
    found = qualify(install.desk, clinic, Case("referral", values, frozenset(values)))

    def decide(session: Any) -> None:
        lead = session.get_one(Lead, lead_id)
        found.put_on(lead)
        session.add(lead)

    install.desk.database.write(decide)
    return lead_id


def call(install: Install, method: str, path: str, someone: Someone, **body: Any) -> Any:
    json = {"json": body} if body else {}
    return install.client.request(method, install.url(path), headers=install.token(someone), **json)


def save(install: Install, rules: dict[str, Any], client_id: str = "client-0001", **more: Any) -> Any:
    return call(install, "PUT", "rules", install.cast.manager, rules=rules, client_id=client_id, **more)


def test_a_clinic_starts_with_the_shipped_rules(install: Install) -> None:
    shown = call(install, "GET", "rules", install.cast.viewer).json()
    assert (shown["version"], shown["versions"]) == (0, [])
    assert "several-problems" in {rule["name"] for rule in shown["rules"]["rules"]}
    assert "payer_status" in shown["vocabulary"]["facts"]
    assert shown["vocabulary"]["outcomes"][0] == "urgent"


def test_trying_rules_out_shows_whom_they_would_change_and_changes_nothing(fresh_install: Install) -> None:
    """A manager has to see the consequences before a patient does."""
    install = fresh_install
    knee = decided_lead(install, "KNEE234", "stiff knee")
    decided_lead(install, "BACK234", "low back pain")
    make_lead(install.desk, install.cast.clinic_id, "ANCIENT", notice="delivered")
    tried = call(install, "POST", "rules/preview", install.cast.manager, rules=NO_KNEES).json()
    assert tried["looked_at"] == 2
    assert tried["counts"] == [{"old": "ready", "new": "out_of_area", "leads": 1}]
    [change] = tried["changes"]
    assert (change["lead_id"], change["reference"]) == (knee, "KNEE234")
    assert (change["old"], change["new"]) == ("ready", "out_of_area")
    assert change["new_reason"] == "Knees are seen at the other office."
    assert change["old_reason"]
    lead = call(install, "GET", f"leads/{knee}", install.cast.viewer).json()
    assert (lead["outcome"], lead["rules_version"]) == ("ready", 0)
    assert call(install, "GET", "rules", install.cast.viewer).json()["version"] == 0


def test_saved_rules_hold_from_now_on_and_only_from_now_on(fresh_install: Install) -> None:
    """Nothing that was decided may change behind the coordinator's back."""
    install = fresh_install
    before = decided_lead(install, "KNEE234", "stiff knee")
    assert save(install, NO_KNEES).json() == {"version": 1, "changed": True}
    after = decided_lead(install, "KNEE345", "stiff knee")
    leads = [call(install, "GET", f"leads/{one}", install.cast.viewer).json() for one in (before, after)]
    assert [(lead["outcome"], lead["rules_version"]) for lead in leads] == [("ready", 0), ("out_of_area", 1)]
    shown = call(install, "GET", "rules", install.cast.viewer).json()
    assert [(one["number"], one["by"]) for one in shown["versions"]] == [(1, install.cast.manager.email)]
    with install.desk.database.read() as session:
        [entry] = session.exec(select(AuditEntry).where(AuditEntry.verb == "change_rules"))
    assert (entry.actor_kind, entry.actor_id) == ("staff", install.cast.manager.staff_id)


def test_versions_stay_as_they_were(fresh_install: Install) -> None:
    """What was decided must be explainable for as long as the lead is kept."""
    install = fresh_install
    save(install, NO_KNEES)
    first = call(install, "GET", "rules/1", install.cast.viewer).json()
    assert save(install, {}, "client-0002").json() == {"version": 2, "changed": True}
    assert call(install, "GET", "rules/1", install.cast.viewer).json() == first
    assert "no-knees" in {rule["name"] for rule in first["rules"]}
    assert call(install, "GET", "rules/2", install.cast.viewer).json() == (
        call(install, "GET", "rules/0", install.cast.viewer).json()
    )
    assert call(install, "GET", "rules/3", install.cast.viewer).status_code == 404


def test_the_same_rules_again_are_no_new_version(fresh_install: Install) -> None:
    install = fresh_install
    assert save(install, {}).json() == {"version": 0, "changed": False}
    assert save(install, NO_KNEES, "client-0002").json()["version"] == 1
    assert save(install, NO_KNEES, "client-0002").json() == {"version": 1, "changed": True}, "a repeated request"
    shown = call(install, "GET", "rules", install.cast.viewer).json()["rules"]
    assert save(install, shown, "client-0003").json() == {"version": 1, "changed": False}, "what was exported"
    other = save(install, {}, "client-0002")
    assert other.status_code == 422


def test_two_managers_do_not_overwrite_each_other(fresh_install: Install) -> None:
    install = fresh_install
    assert save(install, NO_KNEES, based_on=0).status_code == 200
    late = save(install, {}, "client-0002", based_on=0)
    assert late.status_code == 409
    assert "version 1" in late.json()["error"]["message"]


@pytest.mark.parametrize(
    ("rules", "said", "remedy"),
    [
        ({"rules": [{"name": "x", "outcome": "redy"}]}, "rules[x].when", "write {all"),
        ({"ruls": []}, "'ruls'", "did you mean 'rules'?"),
        ({"score": [{"points": 9, "reason": "Old", "when": {"fact": "age", "at_least": 65}}]}, "age", "leave it out"),
    ],
)
def test_a_mistake_is_answered_with_its_place_and_remedy(
    install: Install, rules: dict[str, Any], said: str, remedy: str
) -> None:
    for answer in (
        save(install, rules),
        call(install, "POST", "rules/preview", install.cast.manager, rules=rules),
    ):
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert said in error["message"]
        assert remedy in error["remedy"]


def test_only_managers_change_rules_and_strangers_see_none(install: Install) -> None:
    for someone, path, status in [
        (install.cast.viewer, "rules", 403),
        (install.cast.coordinator, "rules", 403),
        (install.cast.stranger, "rules", 404),
    ]:
        body = {"rules": {}, "client_id": "client-0009"}
        assert call(install, "PUT", path, someone, **body).status_code == status
        assert call(install, "POST", "rules/preview", someone, rules={}).status_code == status
    assert call(install, "GET", "rules", install.cast.stranger).status_code == 404
    assert install.client.get(install.url("rules")).status_code == 401


def test_the_dashboard_shows_outcome_score_and_order(fresh_install: Install) -> None:
    """The coordinator works down this page."""
    install = fresh_install
    decided_lead(install, "STKNEE2", "stiff knee")
    surgery = decided_lead(install, "SURGRY2", "shoulder surgery last month")
    decided_lead(install, "STELBW2", "stiff elbow")
    browser = Browser(install, install.cast.viewer)
    queue, newest = (seen(browser.get(f"/dashboard/harbor/leads{part}")) for part in ("", "?newest=true"))
    assert queue.index("SURGRY2") < queue.index("STELBW2") < queue.index("STKNEE2")
    assert newest.index("STELBW2") < newest.index("SURGRY2") < newest.index("STKNEE2")
    assert "Ready Score" in queue
    page = seen(browser.get(f"/dashboard/harbor/leads/{surgery}"))
    assert "urgency 20" in page
    assert "+20 Speaks of a surgery (urgency)" in page
