"""Several fields in one message, as lists and in running text."""

from datetime import date

import pytest

from app.actions.shipped import shipped_actions
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide
from app.dialogue.state import State
from app.understanding.listing import listed_values
from app.understanding.rules import RulesUnderstanding

CATALOGUE = Catalogue(shipped_actions(), {"cigna": "Cigna", "aetna": "Aetna"})
RULES = RulesUnderstanding()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "PT for a stiff hip. Ivo Marsh, 703-555-0176, no referral, self pay, friday mornings",
            {"patient_name": "Ivo Marsh", "contact": "+17035550176", "referring_provider": "self-referred",
             "insurance_carrier": "no insurance"},
        ),
        (
            "referral for pt, shin splints. My name is Uma Colby, Dr. Odd Moberg, sports medicine, Aetna, W55102938",
            {"patient_name": "Uma Colby", "referring_provider": "Dr. Odd Moberg", "member_id": "W55102938",
             "provider_specialty": "sports medicine", "insurance_carrier": "Aetna", "reason": "shin splints"},
        ),
        ("need pt, neck pain. Tove Lind. 202-555-0146", {"patient_name": "Tove Lind", "contact": "+12025550146"}),
        ("pt for my heel. ira lomond, 703-555-0175", {"patient_name": "Ira Lomond", "reason": "my heel"}),
        (
            "Soy Ana Ruiz, mi número es 703-555-0148, me duele la espalda y tengo Cigna",
            {"patient_name": "Ana Ruiz", "contact": "+17035550148", "reason": "me duele la espalda",
             "insurance_carrier": "Cigna"},
        ),
        ("I tried calling 703-555-0100 twice, I need therapy for my neck", {"contact": None, "reason": "my neck"}),
        ("I have Cigna. that was my old job. now it's Aetna", {"insurance_carrier": "Aetna"}),
    ],
)  # fmt: skip
def test_each_piece_of_a_list_is_a_field(text: str, values: dict[str, str | None]) -> None:
    """Without it somebody who writes everything at once would be asked for it again."""
    state, _ = decide(State(), RULES.understand(text, State(), CATALOGUE), CATALOGUE, date(2026, 3, 2))
    assert {name: state.filled().get(name) for name in values} == values


@pytest.mark.parametrize(
    "text", ["my knee hurts, and then it swells", "It was fine, until Monday", "Good morning, everyone", "Thanks, Ana"]
)
def test_a_sentence_is_no_list(text: str) -> None:
    """Without it commas would make names and values of ordinary words."""
    assert listed_values(text, CATALOGUE) == []
