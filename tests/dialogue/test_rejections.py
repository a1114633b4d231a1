"""A value that fails says why once, and always offers a way on."""

from datetime import date

import pytest

from app.actions.shipped import shipped_actions
from app.dialogue import commands as c
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide
from app.dialogue.phrasing import ClinicWords, phrase
from app.dialogue.state import State
from app.dialogue.wording import wording

CATALOGUE = Catalogue(shipped_actions())
CLINIC = ClinicWords("Maple Street", "703-555-0100")


def _replies(slot: str, said: str, times: int) -> list[str]:
    state, replies = State(action="referral"), []
    state, _ = decide(state, [c.StartAction("referral")], CATALOGUE, date(2026, 3, 2))
    for _ in range(times):
        state, moves = decide(state, [c.SetSlot(slot, said)], CATALOGUE, date(2026, 3, 2))
        replies.append(" ".join(phrase(move, state, CATALOGUE, wording("en"), CLINIC) for move in moves))
    return replies


def test_why_is_said_once_and_skipping_is_offered() -> None:
    """Without it a patient without the card would hear the same lecture until giving up."""
    first, second, third = _replies("member_id", "12", 3)
    assert "length of a member ID" in first
    assert "skip" in first
    assert "length of a member ID" not in second
    assert "skip" in second
    assert CLINIC.phone in second
    assert "leave that one open" in third


def test_a_field_that_must_be_given_offers_a_person() -> None:
    """Without it somebody whose number is never understood would be stuck."""
    first, second, third = _replies("contact", "555-0143", 3)
    assert "too short" in first
    assert "skip" not in first + second + third
    assert all(CLINIC.phone in reply for reply in (first, second, third))


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_not_kept_says_so_each_time(times: int) -> None:
    """Without it a patient would not know that a private number was thrown away."""
    assert "did not keep" in _replies("member_id", "123-45-6789", times)[-1]
