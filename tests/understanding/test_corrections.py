"""Corrections as people type them: a part of a value, another value, several at once, and back to the old one."""

from datetime import date
from typing import Any

import pytest

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue import moves as m
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.understanding.rules import RulesUnderstanding

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna", "aetna": "Aetna"})
RULES = RulesUnderstanding()
TODAY = date(2026, 3, 2)
MORNINGS = [{"said": "Tuesday mornings", "from": None, "to": "12:00", "days": ["tue"]}]
FILLED = {
    "referring_provider": "Dr. Smith",
    "provider_specialty": "orthopedics",
    "reason": "knee pain",
    "preferred_times": MORNINGS,
    "insurance_carrier": "Cigna",
    "member_id": "W123456789",
    "patient_name": "Ana Ruiz",
    "contact": "+17035550148",
}


def _state(asking: str | None = None, *, language: str = "en", action: str = "referral") -> State:
    """At the read-back, or with one field still to be told."""
    slots = {
        name: SlotValue(SlotStatus.FILLED, value, value if isinstance(value, str) else value[0]["said"])
        for name, value in FILLED.items()
        if name != asking
    }
    status = ActionStatus.COLLECTING if asking else ActionStatus.CONFIRMING
    return State(action=action, status=status, asking=asking, slots=slots, language=language)


def _say(text: str, state: State) -> tuple[State, list[m.Move]]:
    return decide(state, RULES.understand(text, state, CATALOGUE), CATALOGUE, TODAY)


def _value(state: State, name: str) -> Any:
    slot = state.slots.get(name)
    return slot.value if slot and slot.status is SlotStatus.FILLED else slot and slot.status.value


NUMBERS = [
    ("the last digit should be a 4", "contact", "+17035550144"),
    ("oops, last two digits are 39", "contact", "+17035550139"),
    ("my phone ends in 42", "contact", "+17035550142"),
    ("it's 0142 not 0148", "contact", "+17035550142"),
    ("not 0148, it's 0142", "contact", "+17035550142"),
    ("0148 should be 0142", "contact", "+17035550142"),
    ("change 0148 to 0142", "contact", "+17035550142"),
    ("I typed 0148 but it's 0142", "contact", "+17035550142"),
    ("sorry, 0184", "contact", "+17035550184"),
    ("I swapped two digits, it's 0184", "contact", "+17035550184"),
    ("I swapped the last two digits", "contact", "+17035550184"),
    ("sorry, the area code is 571", "contact", "+15715550148"),
    ("I mean 571 instead of 703", "contact", "+15715550148"),
    ("the 8 should be a 9", "contact", "+17035550149"),
    ("the last digit of my member ID is 8", "member_id", "W123456788"),
    ("my member ID starts with a V", "member_id", "V123456789"),
    ("in the ID it's 4321 not 1234", "member_id", "W432156789"),
    ("the third digit of the phone is 2", "contact", "+17025550148"),
    ("perdón, el último dígito es 4", "contact", "+17035550144"),
    ("los últimos dos son 39", "contact", "+17035550139"),
    ("no es 0148 sino 0142", "contact", "+17035550142"),
    ("me equivoqué, 571 en vez de 703", "contact", "+15715550148"),
]


@pytest.mark.parametrize("asking", [None, "reason"])
@pytest.mark.parametrize(("text", "slot", "value"), NUMBERS)
def test_digits_are_mended_in_place(text: str, slot: str, value: str, asking: str | None) -> None:
    """Without it a wrong digit would stay, or the words about it be noted as the reason of the visit."""
    state, moves = _say(text, _state(asking))
    assert _value(state, slot) == value
    assert state.asking == asking
    assert not any(isinstance(move, m.Reject) for move in moves)


def test_a_digit_that_stands_there_twice_is_asked_again() -> None:
    """Without it the desk would guess which of two fives was meant."""
    state, _ = _say("the 5 should be a 6", _state())
    assert state.asking == "contact"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sorry, it's Ruis not Ruiz", "Ana Ruis"),
        ("it's Ruis with an s", "Ana Ruis"),
        ("es Ruis con s", "Ana Ruis"),
        ("my last name is spelled R-u-i-s", "Ana Ruis"),
        ("*Anna", "Anna Ruiz"),
        ("Anna with two n's", "Anna Ruiz"),
        ("*Anna Ruiz", "Anna Ruiz"),
        ("sorry, Anna", "Anna Ruiz"),
        ("mi apellido es Ruis", "Ana Ruis"),
    ],
)
def test_names_are_mended(text: str, name: str) -> None:
    """Without it a patient could not mend a name without typing all of it again."""
    for asking in (None, "reason", "contact"):
        assert _value(_say(text, _state(asking))[0], "patient_name") == name


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("I meant Thursday", [(None, "12:00", ["thu"])]),
        ("no, Thursday", [(None, "12:00", ["thu"])]),
        ("Thursday not Tuesday", [(None, "12:00", ["thu"])]),
        ("actually afternoons", [("12:00", "17:00", ["tue"])]),
        ("can we do Wednesday instead?", [(None, "12:00", ["wed"])]),
        ("any time on Friday instead", [(None, None, ["fri"])]),
        ("also Fridays", [(None, "12:00", ["tue"]), (None, "12:00", ["fri"])]),
        ("wrong day, should be Friday", [(None, "12:00", ["fri"])]),
        ("quise decir jueves", [(None, "12:00", ["thu"])]),
    ],
)
def test_a_changed_day_keeps_its_hours(text: str, windows: list[tuple[str | None, str | None, list[str]]]) -> None:
    """Without it "I meant Thursday" would forget that only mornings suit."""
    value = _value(_say(text, _state())[0], "preferred_times")
    assert [(window["from"], window["to"], window["days"]) for window in value] == windows


def test_a_day_that_does_not_suit_goes_out_of_the_wish() -> None:
    """Without it "not Thursday" would become a wish for Thursday, or for all other days."""
    state, _ = _say("also Thursdays", _state())
    for text in ("not Thursday", "I can't do Thursdays", "no puedo los jueves"):
        value = _value(_say(text, state)[0], "preferred_times")
        assert [day for window in value for day in window["days"]] == ["tue"]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("change my name to Bea Ruiz and my phone to 571-555-0111",
         {"patient_name": "Bea Ruiz", "contact": "+15715550111"}),
        ("name: Bea Ruiz, phone: 571-555-0111, insurance: Aetna",
         {"patient_name": "Bea Ruiz", "contact": "+15715550111", "insurance_carrier": "Aetna"}),
        ("it's Anna Ruiz, and the insurance is Aetna", {"patient_name": "Anna Ruiz", "insurance_carrier": "Aetna"}),
        ("the name and the phone are wrong", {"patient_name": None, "contact": None}),
        ("the doctor's name is Smythe", {"referring_provider": "Dr. Smythe"}),
        ("remove my member ID please", {"member_id": "declined"}),
        ("also my hip hurts", {"reason": "knee pain; my hip hurts"}),
    ],
)  # fmt: skip
def test_changes_at_the_read_back(text: str, changes: dict[str, str | None]) -> None:
    """Without it one of several changes would be lost, or go to another field."""
    state, _ = _say(text, _state())
    assert {name: _value(state, name) for name in changes} == changes
    assert state.status is not ActionStatus.COMPLETED


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("yes but my insurance is Aetna", "insurance_carrier", "Aetna"),
        ("looks good, except it's Aetna", "insurance_carrier", "Aetna"),
        ("change the phone to 571-555-0111 and send it", "contact", "+15715550111"),
        ("phone is 571-555-0111, then yes", "contact", "+15715550111"),
        ("fix the name to Anna Ruiz. otherwise all good", "patient_name", "Anna Ruiz"),
        ("sí, pero mi seguro es Aetna", "insurance_carrier", "Aetna"),
        ("cambie el teléfono a 571-555-0111 y envíelo", "contact", "+15715550111"),
        ("last digit is 4, the rest is right", "contact", "+17035550144"),
    ],
)
def test_a_yes_beside_a_change_confirms_the_changed_value(text: str, slot: str, value: str) -> None:
    """Without it the old value would be sent, or the patient be asked once more for a yes that was given."""
    state, _ = _say(text, _state())
    assert (_value(state, slot), state.status) == (value, ActionStatus.COMPLETED)


@pytest.mark.parametrize(
    "text",
    ["the frobnitz is wrong, the rest is right", "yes, wait, no, the phone is 571-555-0111",
     "everything but the phone is right"],
)  # fmt: skip
def test_a_yes_to_the_rest_alone_sends_nothing(text: str) -> None:
    """Without it a change that was not understood would be overlooked and the request be sent."""
    assert _say(text, _state())[0].status is not ActionStatus.COMPLETED


@pytest.mark.parametrize(
    ("text", "asking", "slot", "value"),
    [
        ("703-555-0199, no wait, 703-555-0149", "contact", "contact", "+17035550149"),
        ("703-555-0199\noops\n0149", "contact", "contact", "+17035550149"),
        ("703-555-0199\nsorry 0149", "contact", "contact", "+17035550149"),
        ("Cigna, no sorry, Aetna", "insurance_carrier", "insurance_carrier", "Aetna"),
        ("Ana Ruis, sorry, Ruiz", "patient_name", "patient_name", "Ana Ruiz"),
        ("Ana Ruis, digo, Ruiz", "patient_name", "patient_name", "Ana Ruiz"),
        ("Ana\nRuiz", "patient_name", "patient_name", "Ana Ruiz"),
    ],
)
def test_people_take_back_their_own_words(text: str, asking: str, slot: str, value: str) -> None:
    """Without it the first of two values in a message would be kept although it was taken back."""
    assert _value(_say(text, _state(asking))[0], slot) == value


@pytest.mark.parametrize(
    "text",
    [
        "same number as before",
        "no wait, same number as before",
        "the one I gave you before",
        "never mind, it was right",
        "never mind",
        "el mismo número de antes",
        "perdón, estaba bien",
    ],
)
def test_what_was_given_before_can_be_taken_up_again(text: str) -> None:
    """Without it "never mind" would stop the whole request, and a number be typed twice."""
    asked_again, _ = _say("that phone number is wrong", _state())
    assert asked_again.asking == "contact"
    state, _ = _say(text, asked_again)
    assert (_value(state, "contact"), state.status) == ("+17035550148", ActionStatus.CONFIRMING)


def test_scratch_that_takes_back_the_last_field() -> None:
    """Without it the words would be noted as the next field's value."""
    for text in ("scratch that", "wait, undo that", "borre eso"):
        assert _say(text, _state("reason"))[0].asking == "contact"


@pytest.mark.parametrize("text", ["I already told you my number", "ya le di mi número"])
def test_a_field_told_already_is_not_the_answer_to_another(text: str) -> None:
    """Without it the reason of the visit would be noted as unknown."""
    state, _ = _say(text, _state("reason"))
    assert (state.asking, _value(state, "contact")) == ("reason", "+17035550148")


@pytest.mark.parametrize(
    "text", ["can I give you that later?", "I'll bring it with me", "I don't have it", "se lo doy después", "skip"]
)
def test_a_field_can_wait(text: str) -> None:
    """Without it somebody without the card at hand would be asked again, or get a search of the papers."""
    state, moves = _say(text, _state("member_id"))
    assert state.status is ActionStatus.CONFIRMING
    assert not any(isinstance(move, m.Answer) for move in moves)


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("not sure, my leg hurts", "reason", "leg hurts"),
        ("same knee problem as before", "reason", "same knee problem"),
        ("I need to update my address", "reason", "address"),
        ("I had it on the 8 of May, not in June", "reason", "May"),
        ("I mean it hurts", "reason", "hurts"),
    ],
)
def test_a_reason_is_no_correction(text: str, slot: str, value: str) -> None:
    """Without it everyday words ("not", "same", "change") would change fields that nobody spoke of."""
    before = _state("reason")
    state, _ = _say(text, before)
    assert value in str(_value(state, slot))
    assert {name: _value(state, name) for name in before.slots} == {name: _value(before, name) for name in before.slots}


@pytest.mark.parametrize(
    "text",
    ["PERSON", "agent!!!", "can I talk to a real person", "I want to speak with a nurse", 
     "is there somebody I could speak to?",
     "put me through to the office", "get me a human", "let me talk to someone please", "páseme con alguien por favor",
     "comuníqueme con la recepción", "persona", "quiero hablar con una persona"],
)  # fmt: skip
def test_a_person_can_be_asked_for_at_any_time(text: str) -> None:
    """Without it somebody who wants a person would be kept in the form."""
    for state in (State(), _state(), _state("reason"), _state("patient_name"), _state("preferred_times")):
        assert c.RequestHuman() in RULES.understand(text, state, CATALOGUE)


@pytest.mark.parametrize(
    "text",
    ["I don't want to talk to anyone on the phone", "I need to talk to my doctor first", "are you a real person?",
     "it's about my insurance agent", "I'd like someone to call me"],
)  # fmt: skip
def test_people_who_are_only_mentioned_are_not_asked_for(text: str) -> None:
    """Without it every mention of a person would end the answer with a phone number."""
    assert c.RequestHuman() not in RULES.understand(text, _state("reason"), CATALOGUE)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("actually I'd rather book an appointment", "appointment_request"),
        ("forget the call, book me an appointment instead", "appointment_request"),
        ("mejor quiero hacer una cita", "appointment_request"),
        ("I want an appointment", "callback"),
    ],
)
def test_another_action_takes_over(text: str, action: str) -> None:
    """Without it a change of mind would be noted as the reason of the call, or a reason change the action."""
    state, _ = _say(text, _state("reason", action="callback"))
    assert state.action == action


def test_a_definite_time_asked_for_is_a_wish() -> None:
    """Without it "Can I come on Wednesday around 5:30?" would be looked up in the papers."""
    state, moves = _say("Can I come on Wednesday around 5:30?", State())
    assert state.action == "appointment_request"
    assert _value(state, "preferred_times")[0]["from"] == "17:30"
    assert not any(isinstance(move, m.Answer) for move in moves)
    assert c.AskQuestion("Can I come on Saturdays?") in RULES.understand("Can I come on Saturdays?", State(), CATALOGUE)


def test_a_question_without_its_mark_is_no_answer_to_a_field() -> None:
    """Without it "is Jory working right now" would be noted as the reason of the visit."""
    state, moves = _say("is Jory working right now", _state("reason"))
    assert any(isinstance(move, m.Answer) for move in moves)
    assert state.asking == "reason"


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("my name isn't Ana, it's Anna", "patient_name", "Anna Ruiz"),
        ("I don't have Cigna anymore, I have Aetna now", "insurance_carrier", "Aetna"),
        ("actually I lost my insurance", "insurance_carrier", "no insurance"),
        ("can we go back to the phone number?", "contact", None),
    ],
)
def test_what_no_longer_holds_is_replaced(text: str, slot: str, value: str | None) -> None:
    """Without it "I don't have" would be read as a field that somebody cannot tell."""
    for asking in ("member_id", "provider_specialty"):
        assert _value(_say(text, _state(asking))[0], slot) == value


@pytest.mark.parametrize("text", ["go back", "I want to change my previous answer", "quiero volver atrás"])
def test_the_way_back_leads_to_the_last_field(text: str) -> None:
    """Without it the words would be noted as the next field's value."""
    assert _say(text, _state("reason"))[0].asking == "contact"


@pytest.mark.parametrize("text", ["oops right knee", "sorry, it's the right knee", "right knee, not left"])
def test_the_other_side_is_mended_in_the_reason(text: str) -> None:
    """Without it the wrong knee would be treated, on paper."""
    state = _state("insurance_carrier")
    slots = {**state.slots, "reason": SlotValue(SlotStatus.FILLED, "left knee pain", "left knee pain")}
    assert _value(_say(text, state.with_(slots=slots))[0], "reason") == "right knee pain"


@pytest.mark.parametrize("text", ["brb", "one sec", "ok back. where were we", "un momento"])
def test_a_pause_is_no_answer(text: str) -> None:
    """Without it "brb" would be noted as a name, or count as a failed answer."""
    for asking in ("provider_specialty", "reason", "patient_name"):
        state, _ = _say(text, _state(asking))
        assert (state.asking, state.tried) == (asking, {})


def test_a_value_beside_a_correction_is_kept() -> None:
    """Without it the ID would be asked for again although it was just typed."""
    state, _ = _say("W123456789 and actually it's Aetna not Cigna", _state("member_id"))
    assert (_value(state, "member_id"), _value(state, "insurance_carrier")) == ("W123456789", "Aetna")


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("yes but my phone ends in 6", "contact", "+17035550146"),
        ("looks good, except the last digit of the phone is 6", "contact", "+17035550146"),
        ("ok but the phone ends in 46", "contact", "+17035550146"),
        ("sí pero el teléfono termina en 6", "contact", "+17035550146"),
        ("yes but it's Aetna", "insurance_carrier", "Aetna"),
    ],
)
def test_a_yes_with_a_but_sends_what_the_but_says(text: str, field: str, value: str) -> None:
    """Sent as it was read back, the clinic would call a number that was just taken back."""
    state, moves = _say(text, _state())
    assert _value(state, field) == value
    assert m.Complete("referral") in moves


@pytest.mark.parametrize("text", ["yes but", "yes, but something is off", "looks good but not quite", "sí pero"])
def test_a_yes_with_a_but_that_nobody_understands_sends_nothing(text: str) -> None:
    state, moves = _say(text, _state())
    assert state.status is ActionStatus.CONFIRMING
    assert moves == [m.AskChange()]


def test_a_number_after_you_have_my_number_is_taken() -> None:
    """It is not the one that is there."""
    state, _ = _say("You have my number. It's 703-555-0199", _state("patient_name"))
    assert _value(state, "contact") == "+17035550199"


@pytest.mark.parametrize("text", ["will Aetna cover me", "does Cigna pay for this", "would aetna cover it"])
def test_a_question_about_an_insurer_is_nobodys_name(text: str) -> None:
    commands = RULES.understand(text, _state("patient_name"), CATALOGUE)
    assert any(isinstance(command, c.AskQuestion) for command in commands)
    assert not any(isinstance(command, c.SetSlot) and command.name == "patient_name" for command in commands)


def test_the_title_of_a_doctor_who_calls_is_nobodys_name() -> None:
    state, _ = _say("This is Dr. Patel's office at Lakeside Orthopedics, we want to refer a patient", State())
    assert _value(state, "patient_name") is None
    assert "Patel" in str(_value(state, "referring_provider"))
