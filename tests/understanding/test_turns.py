"""Single messages typed into a referral do to its fields what they say, and submit nothing that was not confirmed."""

from pathlib import Path

import pytest

from scripts.evals.turns import Case, load, misses, play

FILE = Path(__file__).resolve().parents[2] / "scripts" / "evals" / "turns.yaml"
CASES = [case for _, case in load(FILE)]
UNSENT = [case for case in CASES if case.get("sent") is False]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["said"][:40])
def test_a_message_does_what_it_says(case: Case) -> None:
    """Without it a mended rule could unlearn what it read before. A case marked `not_yet` that holds loses the mark."""
    wrong = misses(case, play(case))
    assert bool(wrong) is case.get("not_yet", False), "; ".join(wrong) or "holds now"


@pytest.mark.parametrize("case", UNSENT, ids=lambda case: case["said"][:40])
def test_nothing_is_sent_without_a_yes(case: Case) -> None:
    """Without it the worst fault, a form that nobody confirmed, could hide behind a `not_yet`."""
    assert not play(case).sent


def test_wrong_expectations_are_noticed() -> None:
    """Without it the comparison could take anything for right."""
    case = {"asked": "contact", "said": "703-555-0148", "slots": {"contact": "703-555-0149"}}
    assert misses(case, play(case))
    case = {"said": "yes", "sent": False}
    assert misses(case, play(case)) == ["submitted"]
    case = {"asked": "contact", "said": "Aetna, 703-555-0148", "slots": {"contact": "703-555-0148"}}
    assert misses(case, play(case)) != []
