"""What stands beside a yes at the read-back: a fault that is found without what is right instead submits nothing."""

import pytest

from scripts.evals.turns import GIVEN, Case, misses, play


@pytest.mark.parametrize("value", [*GIVEN.values(), "Dr. Wu", "the left knee", "Tuesday"])
@pytest.mark.parametrize("saying", ["everything is right except {}", "todo bien menos {}", "yes, but not {} any more"])
def test_an_excepted_value_is_not_submitted_again(saying: str, value: str) -> None:
    """Without it "everything is right except Aetna" would send Aetna."""
    played = play({"said": saying.format(value)})
    assert not played.sent or (value.startswith("Tuesday") and "tue" not in str(played.after["preferred_times"]))


@pytest.mark.parametrize(
    "said",
    [
        "yes. Also my phone changed",
        "sí. Mi teléfono cambió",
        "correct. only the member id has two zeros",
        "looks good to me, but could you check with my wife first",
        "yes if my insurance is right",
        "ok pero mi seguro es otro",
        "yes, but not Tuesday afternoons",
        "sounds fine. I do not have Aetna",
        "I am done with this",
    ],
)
def test_a_fault_beside_a_yes_keeps_the_form(said: str) -> None:
    """Without it the yes would send what the same message calls wrong."""
    assert not play({"said": said}).sent


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("yes everything is right go ahead and submit. do i need to bring the card?", True),
        ("yes. Should I bring my insurance card?", True),
        ("I've checked it twice and it's all correct. You may send it.", True),
        ("I read everything over again, all correct", True),
        ("ya lo revisé dos veces, todo está correcto", True),
        ("yes, is the phone right?", False),
        ("yes. Which insurance card did you put?", False),
        ("I've checked it twice", False),
        ("I checked it and it's wrong", False),
        ("you may send it later", False),
        ("it may be correct", False),
        ("yes. Should I bring the Aetna card or is it wrong?", False),
    ],
)
def test_a_yes_stands_beside_what_is_not_about_the_values(said: str, sent: bool) -> None:
    """Without it who asks what to bring, or says how they checked, would be asked again."""
    assert play({"said": said}).sent is sent


@pytest.mark.parametrize(
    "case",
    [
        {"said": "my phone is correct", "slots": {}},
        {"said": "the phone is right, my name is right, my insurance is fine", "slots": {}},
        {"said": "the insurance is not right", "slots": {"insurance_carrier": None}},
        {"said": "my name is right but my phone isn't", "slots": {"contact": None}},
        {"said": "el teléfono es otro", "slots": {"contact": None}},
        {"said": "yes. The phone is right", "slots": {}, "sent": True},
        {"said": "yes, and use 703-555-0177 instead", "slots": {"contact": "703-555-0177"}, "sent": True},
        {"said": "right, but I see Dr. Patel now", "slots": {"referring_provider": "Dr. Patel"}, "sent": True},
        {"said": "yes, but any time on Tuesday", "slots": {"preferred_times": "Tuesday"}, "sent": True},
        {"said": "yes but not Tuesday", "slots": {"preferred_times": "weekdays but not Tuesday, mornings"}},
    ],
    ids=lambda case: case["said"],
)
def test_a_judgement_is_no_value(case: Case) -> None:
    """Without it "my phone is correct" would drop the number, and an insurer would be called "right"."""
    assert misses(case, play(case)) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("please don't call before noon", "after noon"),
        ("never call me after 5pm", "before 5pm"),
        ("I don't get off work until 5", "after 5"),
        ("any day except after 4", "any day before 4"),
        ("no me llamen después de las 5", "antes de las 5"),
        ("no llame antes de las 3", "después de las 3"),
        ("not Fridays after 5", "not Fridays"),
        ("I don't mind before noon", "before noon"),
        ("no later than 5", "before 5"),
    ],
)
def test_hours_that_do_not_suit_are_no_wish(said: str, meant: str) -> None:
    """Without it who must not be called before noon would be called before noon."""
    case = {"asked": "preferred_times", "said": said, "slots": {"preferred_times": meant}}
    assert misses(case, play(case)) == []
