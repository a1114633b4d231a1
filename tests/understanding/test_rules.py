"""What single messages mean, with and without a question waiting."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.decide import decide
from app.dialogue.emergency import screen
from app.dialogue.language import detect
from app.dialogue.slots.provider import find_provider
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.understanding.repairs import repaired
from app.understanding.rules import RulesUnderstanding

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna", "aetna": "Aetna"})
RULES = RulesUnderstanding()


def _asking(slot: str | None, **filled: str) -> State:
    slots = {name: SlotValue(SlotStatus.FILLED, value, value) for name, value in filled.items()}
    status = ActionStatus.COLLECTING if slot else ActionStatus.CONFIRMING
    return State(action="referral", status=status, asking=slot, slots=slots)


def _questions(text: str, state: State | None = None) -> list[str]:
    commands = RULES.understand(text, state or State(), CATALOGUE)
    return [command.text for command in commands if isinstance(command, c.AskQuestion)]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("do you take Cigna, and when can I get in?", ["do you take Cigna?", "when can I get in?"]),
        ("Hi! How much is a visit? Is there parking", ["How much is a visit?", "Is there parking?"]),
        ("I have Aetna, do you take it?", ["do you take Aetna?"]),
        ("what should I bring to Dr. Lowe's office?", ["what should I bring to Dr. Lowe's office?"]),
        ("¿Aceptan Cigna y cuánto cuesta una visita?", None),
        ("when I lift my arm it hurts", []),
        ("Can I start without a referral?", ["Can I start without a referral?"]),
        ("could you tell me your hours", ["could you tell me your hours?"]),
        ("r u open on labor day", ["are you open on labor day?"]),
        ("what things do I have to have with me", ["what things do I have to have with me?"]),
        ("who works with dancers", ["who works with dancers?"]),
        ("looking for a class in warm water", ["looking for a class in warm water?"]),
        ("parking", ["parking?"]),
        ("my ankle is sore do you tape", ["do you tape?"]),
        ("I got hurt on the job. Can you bill my claim?", ["Can you bill my claim (I got hurt on the job)?"]),
        ("I bought Aetna Silver last week. Is that fine?", ["Is Aetna Silver fine?"]),
        ("had my knee replaced in May", []),
        ("what hurts is my knee", []),
        ("looking for physical therapy for my knee", []),
    ],
)
def test_questions_stand_alone(text: str, questions: list[str] | None) -> None:
    """Without it two questions would be looked up as one, or a statement be looked up at all."""
    found = _questions(text)
    assert found == questions if questions is not None else found


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("I was referred by Dr. Ames", "referral"),
        ("my doc says I should do some PT", "referral"),
        ("could somebody give me a call", "callback"),
        ("I would like to schedule an appointment", "appointment_request"),
        ("Can I book an evaluation?", "appointment_request"),
        ("I tore my meniscus", "referral"),
        ("necesito fisioterapia", "referral"),
        ("quiero que me llamen", "callback"),
        ("Do I need a referral?", None),
        ("how do I book an appointment?", None),
        ("thanks", None),
    ],
)
def test_what_starts_an_action(text: str, action: str | None) -> None:
    """Without it patients who want something would get small talk, and those who ask would get a form."""
    started = [
        command.name for command in RULES.understand(text, State(), CATALOGUE) if isinstance(command, c.StartAction)
    ]
    assert started == ([action] if action else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I need physical therapy for my mom, Ruth Abend", "Ruth Abend"),
        ("my name is dana wu and my knee hurts", "dana wu"),
        ("This is Pat O'Dell calling about a referral", "Pat O'Dell"),
        ("Quiero hacer una remisión para mi mamá, Elena Ríos", "Elena Ríos"),
        ("my name is on the form", None),
        ("I'm in pain", None),
    ],
)
def test_names_in_a_sentence(text: str, name: str | None) -> None:
    """Without it a caregiver would be asked for a name that was told, or an ordinary word become a name."""
    found = [
        k.said
        for k in RULES.understand(text, State(), CATALOGUE)
        if isinstance(k, c.SetSlot) and k.name == "patient_name"
    ]
    assert found == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "I have a bad hip and Dr. Ames at Valley Spine told me to get PT",
            {"reason": "I have a bad hip", "referring_provider": "Dr. Ames at Valley Spine"},
        ),
        ("need therapy on my elbow", {"reason": "my elbow"}),
        ("my knee surgery was last week", {"reason": "my knee surgery was last week"}),
        ("I'm insured with Aetna PPO, ID W12345678", {"insurance_carrier": "Aetna PPO", "member_id": "W12345678"}),
        ("Mondays work best for me", {"preferred_times": "Mondays work best for me"}),
        ("please call me back at 571-555-0140", {"contact": "571-555-0140"}),
    ],
)
def test_fields_told_before_they_are_asked(text: str, slots: dict[str, str]) -> None:
    """Without it what a patient volunteers would be lost and asked for again."""
    found = {k.name: k.said for k in RULES.understand(text, State(), CATALOGUE) if isinstance(k, c.SetSlot)}
    assert found == slots


@pytest.mark.parametrize(
    ("slot", "text", "command"),
    [
        ("patient_name", "Rosa Delgado", c.SetSlot("patient_name", "Rosa Delgado")),
        ("contact", "skip", c.SkipSlot("contact", "declined")),
        ("member_id", "I don't have my card with me", c.SkipSlot("member_id", "unknown")),
        ("insurance_carrier", "none", c.SetSlot("insurance_carrier", "no insurance")),
        ("referring_provider", "nobody", c.SetSlot("referring_provider", "nobody")),
        ("provider_specialty", "no idea", c.SkipSlot("provider_specialty", "unknown")),
        ("reason", "when I lift my arm it hurts", c.SetSlot("reason", "when I lift my arm it hurts")),
        ("preferred_times", "no Fridays please", c.SetSlot("preferred_times", "no Fridays please")),
        ("preferred_times", "I already told you that", c.SkipSlot("preferred_times", "unknown")),
        ("insurance_carrier", "prefiero no decir", c.SkipSlot("insurance_carrier", "declined")),
    ],
)
def test_replies_to_the_asked_field(slot: str, text: str, command: c.Command) -> None:
    """Without it refusals would be stored as values, or values be taken for refusals."""
    assert command in RULES.understand(text, _asking(slot), CATALOGUE)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("no, Aetna", c.CorrectSlot("insurance_carrier", "Aetna")),
        ("sorry, the last digit is 4", c.CorrectSlot("contact", "+12125550144")),
        ("the last two digits of my phone are 77", c.CorrectSlot("contact", "+12125550177")),
        ("it's Smyth, not Smith", c.CorrectSlot("patient_name", "Jon Smyth")),
        ("wait, my plan is Aetna not Cigna", c.CorrectSlot("insurance_carrier", "my plan is Aetna")),
        ("mi apellido es Ibarra", c.CorrectSlot("patient_name", "Jon Ibarra")),
        ("my last name is Smythe", c.CorrectSlot("patient_name", "Jon Smythe")),
        ("change my phone to 571-555-0166", c.CorrectSlot("contact", "571-555-0166")),
        ("the insurance is wrong", c.CorrectSlot("insurance_carrier", "")),
        (
            "could you make it Friday mornings instead?",
            c.CorrectSlot("preferred_times", "could you make it Friday mornings instead?"),
        ),
    ],
)
def test_corrections(text: str, command: c.CorrectSlot) -> None:
    """Without it the first, wrong value would be submitted."""
    state = _asking(
        None, preferred_times="mornings", insurance_carrier="Cigna", contact="+12125550143", patient_name="Jon Smith"
    )
    assert command in RULES.understand(text, state, CATALOGUE)


@pytest.mark.parametrize(
    "text", ["yes", "Yes, correct", "yep that's right", "looks good, thanks!", "sí, correcto", "ok send it", "y"]
)
def test_yes(text: str) -> None:
    """Without it a patient's yes would not submit."""
    assert c.Affirm() in RULES.understand(text, _asking(None), CATALOGUE)


@pytest.mark.parametrize(
    "text", ["ok wait", "yes, hold on please", "ok not yet", "sí, espere un momento", "ok one sec"]
)
def test_a_yes_that_asks_for_time_is_none(text: str) -> None:
    """A form would be sent while the patient still looks at it."""
    assert c.Affirm() not in RULES.understand(text, _asking(None), CATALOGUE)


def test_a_question_about_being_human_is_no_request_for_a_person() -> None:
    """Without it the desk would not have to say truthfully what it is."""
    assert c.RequestHuman() not in RULES.understand("are you a real person?", State(), CATALOGUE)
    assert c.RequestHuman() in RULES.understand("I want a real person", State(), CATALOGUE)


def test_a_clinics_own_action_is_understood_by_its_triggers() -> None:
    """Without it actions that clinics write could not be started by talking."""
    spec = SlotSpec("claim", "text", {"en": "Claim number"}, {"en": "What is the claim number?"})
    own = Action("work_injury", {"en": "work injury"}, {"en": ("report a work injury",)}, (spec,))
    commands = RULES.understand("I need to report an injury from work", State(), Catalogue([own]))
    assert commands == [c.StartAction("work_injury")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I need an appointment for my knee", "en"),
        ("necesito una cita para la rodilla", "es"),
        ("¿aceptan Cigna?", "es"),
        ("Cigna", None),
        ("Rosa de la Cruz", None),
    ],
)
def test_language(text: str, code: str | None) -> None:
    """Without it a Spanish patient would be answered in English, or a name would switch the language."""
    assert detect(text) == code


@given(
    st.text(max_size=300), st.sampled_from([None, "patient_name", "contact", "member_id", "reason", "preferred_times"])
)
@settings(deadline=None)
def test_any_text_is_understood_as_something(text: str, slot: str | None) -> None:
    """Without it one odd message would end the turn with an error."""
    assert RULES.understand(text, _asking(slot), CATALOGUE)


@pytest.mark.parametrize(
    "text",
    [
        "I was referred by Dr. Smith and my knee hurts since the fall " * 60,
        "A" + "1" * 60 + "@",
        "A1B2" * 30 + "@",
        "A1-" * 1300,
        "a. " * 1300,
        "yes " * 900 + "x",
        "my leg is swollen " * 200,
        "between 9 and " * 280,
    ],
    ids=lambda text: text[:12],
)
def test_no_text_stalls_a_turn(text: str) -> None:
    """Without it a regular expression that backtracks could hold a turn, and with it the desk, for minutes."""
    began = time.process_time()
    screen(text)
    for slot in (None, "patient_name", "member_id", "preferred_times"):
        decide(_asking(slot), RULES.understand(text, _asking(slot), CATALOGUE), CATALOGUE, date(2026, 3, 2))
    assert time.process_time() - began < 15.0


@pytest.mark.parametrize(
    "read", [lambda: find_provider("T-" * 20_000), lambda: repaired("no, " * 10_000)], ids=["name", "no"]
)
def test_time_grows_with_the_length_alone(read: Callable[[], object]) -> None:
    """Without it a message as long as the desk takes could cost more than a second."""
    began = time.process_time()
    read()
    assert time.process_time() - began < 3.0
