"""A reply belongs to the field that was asked for, whatever other field its form would fit; with an action of a
clinic's own beside the shipped ones."""

from dataclasses import replace

import pytest

from app.actions.on_demand import on_demand
from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.understanding.rules import RulesUnderstanding


def _slot(name: str, kind: str, label: str) -> SlotSpec:
    return SlotSpec(name, kind, {"en": label}, {"en": f"{label}?"})


CRASH = Action(
    "crash_intake",
    {"en": "crash intake"},
    {"en": ("I was in a crash", "crash claim")},
    (
        _slot("patient_name", "person_name", "Name"),
        _slot("contact", "contact", "Phone or e-mail"),
        _slot("crash_date", "event_date", "Date of the crash"),
        _slot("claim_number", "text", "Claim number"),
        _slot("adjuster", "text", "Adjuster"),
        _slot("next_hearing", "date", "Next hearing"),
    ),
)
REFERRAL = next(action for action in shipped_actions() if action.name == "referral")
WITH_ZIP = replace(REFERRAL, slots=(*REFERRAL.slots, on_demand()["zip"], on_demand()["surgery_date"]))
OTHERS = [action for action in shipped_actions() if action.name != "referral"]
CATALOGUE = Catalogue([WITH_ZIP, *OTHERS, CRASH], {"aetna": "Aetna"})


def _given(text: str, action: str, asking: str, **slots: str | None) -> dict[str, str]:
    """What `text` gives while `asking` waits; a slot that is None was passed over."""
    filled = {
        name: SlotValue(SlotStatus.FILLED, value, value) if value else SlotValue(SlotStatus.UNKNOWN)
        for name, value in slots.items()
    }
    state = State(action=action, status=ActionStatus.COLLECTING, asking=asking, slots=filled)
    commands = RulesUnderstanding().understand(text, state, CATALOGUE)
    return {one.name: one.said for one in commands if isinstance(one, c.SetSlot | c.CorrectSlot)}


@pytest.mark.parametrize(
    ("asking", "text"),
    [
        ("claim_number", "QB-4410-27"),
        ("claim_number", "QB 4410 27"),
        ("claim_number", "88213390"),
        ("crash_date", "June 3"),
        ("crash_date", "last Tuesday"),
        ("next_hearing", "January 12"),
        ("adjuster", "Ines Polk, 602-555-0161"),
    ],
)
def test_the_reply_goes_to_the_field_of_a_clinics_own_action_and_nowhere_else(asking: str, text: str) -> None:
    known: dict[str, str | None] = {"patient_name": "Ada Roe", "contact": "+12025550111", "member_id": None}
    assert _given(text, "crash_intake", asking, **known) == {asking: text}


@pytest.mark.parametrize(
    ("asking", "text", "passed"),
    [
        ("zip", "85716", "member_id"),
        ("zip", "it's 85716", "member_id"),
        ("surgery_date", "November 9", "preferred_times"),
        ("npi", "1234567893", "member_id"),
    ],
)
def test_what_was_passed_over_is_not_filled_by_the_reply_to_something_else(asking: str, text: str, passed: str) -> None:
    assert set(_given(text, "referral", asking, contact="+12025550111", **{passed: None})) == {asking}


def test_what_was_passed_over_is_taken_where_its_name_is_said_or_the_reply_is_none() -> None:
    assert _given("found it, the member ID is 00918822", "referral", "zip", member_id=None) == {"member_id": "00918822"}
    assert "member_id" in _given("oh found it, it's 00918822", "referral", "preferred_times", member_id=None)


def test_ten_digits_after_the_question_for_the_member_id_are_the_member_id() -> None:
    known = {"contact": "+12025550111"}
    assert _given("9041 77 2213", "referral", "member_id", **known) == {"member_id": "9041 77 2213"}
    assert _given("my cell is 904-555-0122", "referral", "member_id", **known) == {"contact": "904-555-0122"}


def test_a_phone_number_of_ones_own_beside_free_words_is_how_to_reach_them() -> None:
    given = _given("Ines Polk. You can call me at 602-555-0161", "crash_intake", "adjuster", contact="a@b.example")
    assert given["contact"] == "602-555-0161"


@pytest.mark.parametrize(("asking", "text"), [("reason", "back"), ("reason", "Back")])
def test_back_is_what_the_visit_is_for(asking: str, text: str) -> None:
    assert _given(text, "referral", asking, contact="a@b.example") == {asking: text}


def _opening(text: str) -> dict[str, str]:
    commands = RulesUnderstanding().understand(text, State(), CATALOGUE)
    return {one.name: one.said for one in commands if isinstance(one, c.SetSlot)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("This is Odette from Granite Spine and Sport, we want to send you a patient", None),
        ("I'm Odette at Granite Spine, referring a patient, Hugh Marlow, for knee pain", "Hugh Marlow"),
        ("my husband Ewan keeps telling me to get therapy for my hip", None),
        ("my husband Ewan needs therapy for his hip", "Ewan"),
    ],
)
def test_who_writes_or_advises_is_not_taken_for_the_patient(text: str, name: str | None) -> None:
    assert _opening(text).get("patient_name") == name


def test_a_zip_code_beside_where_somebody_lives_is_kept() -> None:
    assert _opening("I need therapy for my knee and live in 85712")["zip"] == "85712"
    assert _opening("need PT for my back, we live near Dover 03820")["zip"] == "03820"
    assert "zip" not in _opening("need PT for my back, my claim is 85712")
