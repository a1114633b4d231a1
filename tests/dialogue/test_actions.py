"""Actions as data: the shipped ones, and errors that name what is wrong."""

import copy
import re
from datetime import date
from typing import Any

import pytest

from app.actions.differing import differences
from app.actions.files import documents_in, text_of
from app.actions.fitting import clashes, unspoken
from app.actions.problems import NotAnAction
from app.actions.reading import action_from
from app.actions.shipped import NAMES, shipped_actions, shipped_document
from app.dialogue.asking import applying
from app.dialogue.reading_back import shown
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed, Rejected
from app.dialogue.state import Caller, SlotStatus, SlotValue
from app.dialogue.wording import wording
from app.errors import Invalid
from tests.shape.tree import ROOT

DELETED = object()

GOOD: dict[str, Any] = {
    "name": "fax",
    "title": {"en": "fax"},
    "triggers": {"en": ["send a fax"]},
    "slots": [
        {
            "name": "contact",
            "type": "contact",
            "declinable": False,
            "label": {"en": "Phone or e-mail"},
            "ask": {"en": "How can we reach you?"},
        },
        {
            "name": "side",
            "type": "choice",
            "label": {"en": "Side"},
            "ask": {"en": "Which side?"},
            "choices": {"en": ["Left", "Right"], "es": ["Izquierdo", "Derecho"]},
        },
        {
            "name": "page",
            "type": "text",
            "label": {"en": "Page"},
            "ask": {"en": "Which page?"},
            "only_if": {"fact": "side", "is": "Left"},
        },
    ],
}


def test_the_shipped_actions_have_the_contracts_slots() -> None:
    """Without it a renamed slot would break every reader of the HTTP contract."""
    actions = {action.name: [slot.name for slot in action.slots] for action in shipped_actions()}
    assert list(actions) == ["referral", "callback", "appointment_request"]
    referral = shipped_actions()[0]
    asked = applying(referral, {}, Caller.PATIENT)
    assert asked == set(actions["referral"][:8]), "only an office is asked for the last five"
    assert actions["referral"] == [
        "patient_name", "contact", "referring_provider", "provider_specialty",
        "reason", "insurance_carrier", "member_id", "preferred_times",
        "patient_phone", "practice", "npi", "fax", "documents",
    ]  # fmt: skip
    for action in shipped_actions():
        assert [slot.name for slot in action.slots if not slot.declinable] == ["contact"]
        assert all({"en", "es"} <= set(words) for slot in action.slots for words in (slot.label, slot.ask))


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A copy of GOOD with one place changed; DELETED takes the place out."""
    wrong = copy.deepcopy(GOOD)
    target: Any = wrong
    for key in path[:-1]:
        target = target[key]
    if value is DELETED:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return wrong


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("slots", 1, "type"), "choise", "fax.slots[1].type is 'choise': did you mean 'choice'?"),
        (("slots", 1, "ask"), {"es": "?"}, "fax.slots[1].ask.en is missing"),
        (("slots", 1, "ask"), {"en": 5}, "fax.slots[1].ask.en is 5: write words; put quotation marks around"),
        (("slots", 1, "ask"), {"en": "?", "ed": "?"}, "ask.ed is no language of the desk: use one of en, es"),
        (("slots", 1, "ask"), {"en": "?" * 501}, "has 501 characters: write at most 500"),
        (("slots", 1, "label"), {"en": "a\x07b"}, "take out the characters that cannot be seen"),
        (("slots", 1, "required"), "maybe", "fax.slots[1].required is 'maybe': write true or false"),
        (("slots", 1, "choices"), DELETED, "fax.slots[1].choices is missing"),
        (("slots", 1, "choices"), ["Left"], "fax.slots[1].choices.en has 1 entries"),
        (("slots", 1, "choices"), ["Left", "left"], "choices.en has 'Left' twice"),
        (("slots", 1, "choices"), [True, False], "choices.en[0] is True: write words; put quotation marks"),
        (("slots", 1, "choices"), {"en": ["a", "b"], "es": ["a", "b", "c"]}, "2 in en, 3 in es"),
        (("slots", 2, "choices"), ["a", "b"], "stands in a slot of type 'text'"),
        (("slots", 1, "askk"), 1, "fax.slots[1].askk is an unknown key: did you mean 'ask'?"),
        (("slots", 2, "name"), "side", "fax.slots[2].name is 'side' a second time"),
        (("slots", 2, "name"), "The page", "fax.slots[2].name is 'The page': write 2 to 40 small letters"),
        (("slots", 2, "only_if"), {"fact": "sde", "is": "Left"}, "fax.slots[2].only_if.fact is 'sde'"),
        (("slots", 2, "only_if"), {"fact": "side", "is": "Lefft"}, "side is never 'Lefft': did you mean 'Left'?"),
        (("slots", 1, "only_if"), {"fact": "page", "filled": True}, "looks at slots that come before its own"),
        (("slots", 0), DELETED, "fax.slots has no slot 'contact'"),
        (("slots", 0, "declinable"), True, "fax.slots.contact can be left out"),
        (("slots", 0, "type"), "phone", "fax.slots.contact can be left out"),
        (("slots",), [], "fax.slots has 0 entries: write a list of 1 to 30 slots"),
        (("name",), "", "name is ''"),
        (("title",), DELETED, "fax.title is missing"),
        (("triggers",), {"en": "one"}, "fax.triggers.en is 'one'"),
        (("triggers",), {"en": []}, "fax.triggers.en has 0 entries"),
        (("triggers",), {"en": ["fax", "fax"]}, "fax.triggers.en has 'fax' twice"),
        (("destinations",), ["records"], "fax.destinations[0] is 'records': write an e-mail address"),
        (("destinations",), [], "fax.destinations has 0 entries"),
        (("confirmation",), {"asks": False}, "fax.confirmation.asks is an unknown key: did you mean 'ask'?"),
        (("confirmation",), {"ask": False, "question": {"en": "Right?"}}, "fax.confirmation.ask is false"),
    ],
)
def test_a_wrong_place_is_named_with_its_remedy(path: tuple[Any, ...], value: Any, named: str) -> None:
    """Without it a clinic could not tell what is wrong with the action it wrote."""
    assert action_from(GOOD).slots[1].choices == ("Left", "Right")
    with pytest.raises(NotAnAction) as error:
        action_from(changed(path, value))
    assert any(named in str(problem) for problem in error.value.problems), error.value.problems


def test_all_wrong_places_are_told_at_once() -> None:
    """Without it a clinic would mend and import ten times to get one action right."""
    wrong = changed(("slots", 1, "type"), "colour") | {"title": {}, "nonsense": 1}
    with pytest.raises(NotAnAction) as error:
        action_from(wrong)
    assert {problem.path for problem in error.value.problems} >= {"fax.slots[1].type", "fax.title", "fax.nonsense"}
    assert len(error.value.message.splitlines()) == 1 + len(error.value.problems)


@pytest.mark.parametrize("data", [None, [], "fax", {"name": 3}, {"slots": 3}, {"name": "x", "slots": [3, None, {}]}])
def test_no_data_breaks_the_reader(data: Any) -> None:
    """Without it a strange file would end in a traceback."""
    with pytest.raises(NotAnAction):
        action_from(data)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: fax\nname: mail", "'name' stands twice in the block at line 1"),
        ("a: &x [1]\nb: *x", "Line 2 refers to another place"),
        ("a: [1", "This is not YAML"),
        ("actions: []", "no action"),
        ("just words", "no action"),
        ("actions: [{name: x}]\nversion: 2", "'version' beside"),
        ("- !!python/object/apply:os.system ['true']", "This is not YAML"),
        ("[" * 5000, "This is not YAML"),
    ],
)
def test_a_strange_file_is_refused(text: str, says: str) -> None:
    """Without it a slip would be passed over in silence, or a hostile file would eat the memory."""
    with pytest.raises(Invalid) as error:
        documents_in(text)
    assert says in error.value.message


def test_a_file_says_again_what_was_written() -> None:
    """Without it exporting and importing would change a clinic's actions."""
    documents = [GOOD, *map(shipped_document, NAMES)]
    assert documents_in(text_of(documents)) == documents
    assert [list(one) for one in documents_in(text_of(documents))] == [list(one) for one in documents]
    assert documents_in("name: fax") == [{"name": "fax"}]


def test_a_condition_decides_whether_a_slot_is_asked() -> None:
    """Without it a patient would be asked what cannot matter, or not be asked what does."""
    action = action_from(GOOD)

    def page_applies(side: SlotValue | None) -> bool:
        return "page" in applying(action, {"side": side} if side else {}, Caller.PATIENT)

    assert page_applies(None), "it may still come true"
    assert page_applies(SlotValue(SlotStatus.FILLED, "Left"))
    assert not page_applies(SlotValue(SlotStatus.FILLED, "Right"))
    assert not page_applies(SlotValue(SlotStatus.DECLINED))
    assert page_applies(SlotValue(SlotStatus.UNKNOWN))


def test_a_slot_behind_one_that_does_not_apply_does_not_apply_either() -> None:
    """Without it the form could wait for ever for a slot that is never asked."""
    chain = {"name": "line", "type": "text", "label": {"en": "Line"}, "ask": {"en": "?"}}
    behind = chain | {"only_if": {"fact": "page", "is": "3"}}
    action = action_from(changed(("slots",), [*GOOD["slots"], behind]))
    right = {"side": SlotValue(SlotStatus.FILLED, "Right")}
    assert applying(action, right, Caller.PATIENT) == {"contact", "side"}


def test_a_choice_is_read_in_the_patients_language_and_kept_in_one() -> None:
    """Without it the same answer would be two values, and a condition would hold in one language only."""
    spec = action_from(GOOD).slots[1]
    for said, language in (("derecho", "es"), ("right", "es"), ("Derecho", "en"), ("2", "es")):
        assert read_value(spec, said, date(2026, 3, 2), {}, language) == Parsed("Right")
    assert read_value(spec, "sideways", date(2026, 3, 2), {}, "en") == Rejected("choice_unclear")
    assert shown(spec, "Right", wording("es")) == "Derecho"


def test_one_slot_name_has_one_type_in_a_clinic() -> None:
    """Without it a value given to one action would be taken for another kind of value by the next."""
    other = action_from(changed(("slots", 2, "type"), "date") | {"name": "mail"})
    assert clashes([action_from(GOOD)]) == []
    [problem] = clashes([action_from(GOOD), other])
    assert str(problem) == (
        "mail.slots[2].type is 'date': in fax the slot 'page' is 'text': use that type, or another name"
    )
    [shipped] = clashes([action_from(changed(("slots", 2, "name"), "member_id"))])
    assert "in referral the slot 'member_id' is 'member_id'" in shipped.remedy


def test_what_a_clinics_language_lacks_is_said() -> None:
    """Without it Spanish patients would read English and nobody at the clinic would know."""
    action = action_from(GOOD)
    assert unspoken(action, ["en"]) == []
    lacking, silent = unspoken(action, ["en", "es"])
    assert "no Spanish for title, slots[contact].label" in lacking
    assert "nobody starts it in Spanish" in silent


def test_differences_are_told_place_by_place() -> None:
    """Without it a manager would publish a change unseen."""
    new = changed(("slots", 1, "ask", "en"), "Left or right?")
    new["slots"].append(new["slots"].pop(0))
    told = {one.path: (one.old, one.new) for one in differences(GOOD, new)}
    assert told == {
        "slots[side].ask.en": ("Which side?", "Left or right?"),
        "slots (order)": (["contact", "side", "page"], ["side", "page", "contact"]),
    }


def test_the_example_in_the_documents_is_the_file() -> None:
    """Whoever copies the example would get something that nobody has tried."""
    [block] = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/actions.md").read_text(encoding="utf-8"), re.DOTALL)
    example = (ROOT / "docs/examples/records-request.yaml").read_text(encoding="utf-8")
    assert documents_in(block) == documents_in(example)
