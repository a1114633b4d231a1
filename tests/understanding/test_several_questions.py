"""One message, several questions; and a question that leans on the one before it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.actions.shipped import shipped_actions
from app.dialogue.action import Catalogue
from app.dialogue.commands import AskQuestion
from app.dialogue.slots.insurance import common_payers
from app.dialogue.state import State
from app.understanding.leaning import leaning
from app.understanding.parts import parts
from app.understanding.resolving import resolved, subject
from app.understanding.rules import RulesUnderstanding

PAYERS = common_payers()


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("do you treat knees or hips?", ["do you treat knees?", "do you treat hips?"]),
        ("is there a ramp and an elevator?", ["is there a ramp?", "is there an elevator?"]),
        ("is there taping, cupping and a gym?", ["is there taping?", "is there cupping?", "is there a gym?"]),
        ("what does cupping and taping cost?", ["what does cupping cost?", "what does taping cost?"]),
        ("who does taping and when?", ["who does taping", "when"]),
        ("can I pay with a card or in cash?", ["can I pay with a card?", "can I pay in cash?"]),
    ],
)  # fmt: skip
def test_each_part_is_a_question_of_its_own(question: str, wanted: list[str]) -> None:
    """What is not cut out is not looked up, and is silently dropped."""
    assert parts(question, PAYERS) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "do you have a strength and conditioning class?",
        "do you treat hand and wrist pain?",
        "what is the difference between taping and bracing?",
        "do you have openings in the morning or afternoon?",
        "do you take Blue Cross and Blue Shield?",
        "what are your hours and days?",
    ],
)
def test_what_belongs_together_stays_together(question: str) -> None:
    """Half of a name is another thing, or none."""
    assert parts(question, PAYERS) == [question]


@given(st.text(max_size=120), st.text(max_size=120))
@settings(deadline=None)
def test_any_text_is_read(question: str, before: str) -> None:
    """A strange message must not break a turn; nothing of it may be lost."""
    assert parts(question, PAYERS)
    resolved(question, before, PAYERS)
    assert 0 <= leaning(question) <= 1


@pytest.mark.parametrize(
    ("question", "before", "whole"),
    [
        ("how long does it take?", "Do you do gait analysis?", "how long does it take (gait analysis)?"),
        ("same for Humana?", "Do you take Tricare?", "Do you take Humana?"),
        ("and a shoulder?", "When do I start after a total knee replacement?",
         "When do I start after a shoulder replacement?"),
        ("on Sundays?", "What are your hours?", "What are your hours on Sundays?"),
        ("how much?", "Do you have a yoga class?", "how much (yoga class)?"),
        ("is there a fee?", "Can I pay over time?", "is there a fee (pay over time)?"),
        ("Do you take Ambetter?", "Do you do dry needling?", "Do you take Ambetter?"),
        ("Where can I leave my car?", "Do you do dry needling?", "Where can I leave my car?"),
        ("how soon can I be seen?", "Do you do dry needling?", "how soon can I be seen?"),
    ],
)  # fmt: skip
def test_what_is_left_unsaid_is_taken_from_the_question_before(question: str, before: str, whole: str) -> None:
    """Without it "how much is it?" finds any price; with too much of it a new question is read as an old one."""
    assert resolved(question, before, PAYERS) == whole


def test_a_question_is_about_what_it_names() -> None:
    """The words of asking would be looked up as if they were the matter."""
    assert subject("Do you have a pool?") == "pool"
    assert subject("How much notice do you need?") == "notice"
    assert subject("how much is it (pool)?") == "pool"


def asked(message: str) -> list[str]:
    """The questions that a message is read to ask."""
    catalogue = Catalogue(shipped_actions(), PAYERS)
    found = RulesUnderstanding().understand(message, State(), catalogue)
    return [one.text for one in found if isinstance(one, AskQuestion)]


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("How do I get a copy of my chart, what does it cost, and do you have a notary?", 3),
        ("I need copies of my records for a lawyer. Is there a fee, and do you mail them?", 2),
        ("I have two questions. 1) do you take Humana 2) is there a pool", 2),
        ("Do you take Cigna? If not, what is the cash price?", 2),
        ("Can I bring my dog? I would also like to know whether you validate parking.", 2),
        ("Do you have evening visits? my wife wants to know about weekend ones too", 2),
        ("¿Tienen estacionamiento? Y también quiero saber si abren los sábados", 2),
        ("what is your cancellation policy, since my job changes my shifts, and can i move visits online", 2),
    ],
)
def test_no_question_is_dropped_for_what_stands_beside_it(message: str, count: int) -> None:
    """A request, a number, a reason or a word of courtesy before a question would make it vanish."""
    assert len(asked(message)) == count


@pytest.mark.parametrize(
    "message",
    [
        "Can you send me a copy of my chart?",
        "My son wants to walk again.",
        "She wants to come on Tuesday.",
        "Call me at (703) 555-0142.",
        "I tore it as I ran, since the field was wet.",
    ],
)
def test_a_request_or_a_story_alone_asks_nothing_of_the_papers(message: str) -> None:
    """What is no question would be searched for and refused."""
    assert asked(message) == []
