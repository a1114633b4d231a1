"""Actions as data: the shipped ones, and errors that name what is wrong."""

import copy
from typing import Any

import pytest

from app.actions.shipped import action_from, shipped_actions
from app.errors import Invalid

GOOD: dict[str, Any] = {
    "name": "fax",
    "title": {"en": "fax"},
    "triggers": {"en": ["send a fax"]},
    "slots": [
        {
            "name": "side",
            "type": "choice",
            "label": {"en": "Side"},
            "ask": {"en": "Which side?"},
            "choices": ["Left", "Right"],
        }
    ],
}


def test_the_shipped_actions_have_the_contracts_slots() -> None:
    """Without it a renamed slot would break every reader of the HTTP contract."""
    actions = {action.name: [slot.name for slot in action.slots] for action in shipped_actions()}
    assert list(actions) == ["referral", "callback", "appointment_request"]
    assert actions["referral"] == [
        "patient_name", "contact", "referring_provider", "provider_specialty",
        "reason", "insurance_carrier", "member_id", "preferred_times",
    ]  # fmt: skip
    for action in shipped_actions():
        assert [slot.name for slot in action.slots if not slot.declinable] == ["contact"]
        assert all({"en", "es"} <= set(words) for slot in action.slots for words in (slot.label, slot.ask))


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("slots", 0, "type"), "colour", "fax.slots[0].type is 'colour'"),
        (("slots", 0, "ask"), {"es": "?"}, "ask"),
        (("slots", 0, "required"), "maybe", "required is 'maybe'"),
        (("slots", 0, "choices"), [], "choices"),
        (("slots", 0, "colour"), 1, "unknown key 'colour'"),
        (("slots",), [], "slots"),
        (("name",), "", "name"),
        (("triggers",), {"en": "one"}, "triggers"),
    ],
)
def test_a_wrong_key_is_named(path: tuple[Any, ...], value: Any, named: str) -> None:
    """Without it a clinic could not tell what is wrong with the action it wrote."""
    assert action_from(GOOD).slots[0].choices == ("Left", "Right")
    wrong = copy.deepcopy(GOOD)
    target = wrong
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(Invalid) as error:
        action_from(wrong)
    assert named in error.value.message
