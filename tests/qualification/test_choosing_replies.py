"""A bare reply after "Which one do you have?" may answer what else the desk asked."""

import pytest

from app.qualification.choosing import completed
from tests.qualification.lists import IN, NO, row

ROWS = (row("Cigna", "Open Access Plus", IN), row("Cigna", "Connect", NO))


@pytest.mark.parametrize("reply", ["Rosa Delgado", "212-555-0143", "my knee hurts", "orthopedics"])
def test_an_answer_to_another_question_is_no_plan(reply: str) -> None:
    """Taken for a plan, a name would be lost and asked for twice."""
    assert completed("do you take Cigna?", reply, ROWS) is None


@pytest.mark.parametrize("reply", ["the PPO", "open access plus", "connect please", "It's OAP"])
def test_a_plan_completes_the_question(reply: str) -> None:
    """Without it the patient's choice would be a word without a payer."""
    assert "Cigna" in str(completed("do you take Cigna?", reply, ROWS))
