"""A card or social security number in a form's field is masked at the door, and nothing else is lost."""

import re

import pytest
from sqlmodel import select

from app.dialogue.private import MASKS
from app.store.tables import Lead
from tests.visitors.conftest import OWN, USUAL, Hall

CARD, SSN = "4111 1111 1111 1111", "123-45-6789"


def lead(hall: Hall, reference: str) -> Lead:
    with hall.running.desk.database.read() as session:
        return session.exec(select(Lead).where(Lead.reference == reference)).one()


@pytest.mark.parametrize("number", [CARD, SSN])
@pytest.mark.parametrize(
    "name", ["patient_name", "reason", "member_id", "insurance_carrier", "referring_provider", "preferred_times"]
)
def test_a_number_in_any_field_is_masked_and_the_request_taken(shared: Hall, name: str, number: str) -> None:
    """A patient at night would get an error for a whole form, and the clinic no request."""
    typed = {**USUAL, name: f"{USUAL.get(name, 'Blue Cross')}, {number}"}
    answer = shared.open().send(typed)
    assert answer.status_code == 201, answer.text
    assert "We did not keep it" in answer.json()["removed"]
    kept = lead(shared, answer.json()["reference"])
    assert kept.status == "complete"
    assert not re.search(r"4111|6789", str(kept.slots))
    assert any(mask in kept.slots[name]["said"] for mask in MASKS.values())
    for other in USUAL.keys() - {name}:
        assert kept.slots[other]["value"], other
    if name == "patient_name":
        assert kept.slots[name]["value"] == "Robin Ames"
    if name == "reason":
        assert "knee pain" in kept.slots[name]["value"]


def test_a_way_to_be_reached_beside_a_number_is_still_one(shared: Hall) -> None:
    """The clinic could not call back."""
    answer = shared.open().send({**USUAL, "contact": f"202-555-0143, my ssn is {SSN}"})
    kept = lead(shared, answer.json()["reference"])
    assert kept.slots["contact"]["value"] == "+12025550143"


def test_a_field_with_nothing_but_such_a_number_loses_no_other(shared: Hall) -> None:
    """As above; the coordinator reads that there was one."""
    answer = shared.open().send({**USUAL, "member_id": CARD})
    kept = lead(shared, answer.json()["reference"])
    assert kept.slots["member_id"]["said"] == MASKS["card"]
    plain = shared.open().send(USUAL)
    assert plain.json()["removed"] == ""


@pytest.mark.parametrize(("language", "told"), [("en", "We did not keep it"), ("es", "No lo guardamos")])
@pytest.mark.parametrize(("reason", "shown"), [(f"knee pain, card {CARD}", True), ("knee pain", False)])
def test_the_form_without_scripts_says_it_on_the_receipt(
    shared: Hall, language: str, told: str, reason: str, shown: bool
) -> None:
    """Whoever fills in the plain form would never hear of it."""
    page = shared.client.get(f"/chat/harbor?lang={language}").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    consent = re.search(r'name="consent"[^>]*value="([^"]+)"', page)
    data = {**hidden, **USUAL, "reason": reason} | ({"consent": consent[1]} if consent else {})
    sent = shared.client.post(
        f"/chat/harbor?lang={language}", data=data, headers={"Origin": OWN}, follow_redirects=False
    )
    assert sent.status_code == 303, sent.text[-1500:]
    assert (told in shared.client.get(sent.headers["location"]).text) is shown
