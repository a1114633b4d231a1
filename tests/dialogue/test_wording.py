"""The desk's sentences exist in every language, with the same placeholders, for every move and reason."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

import app.dialogue.slots
from app.actions.shipped import shipped_actions
from app.dialogue import moves as m
from app.dialogue.action import Catalogue
from app.dialogue.phrasing import ClinicWords, consent, disclosure, error, greeting, phrase, refusal, suggestions
from app.dialogue.state import ActionStatus, Caller, SlotStatus, SlotValue, State
from app.dialogue.wording import LANGUAGES, wording

CLINIC = ClinicWords("Maple Street Physical Therapy", "703-555-0100")
CATALOGUE = Catalogue(shipped_actions())


def _sentences(data: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _sentences(value, f"{at}.{key}")
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _sentences(value, f"{at}.{place}")
    else:
        yield at, str(data)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_languages_have_the_same_sentences() -> None:
    """Without it a Spanish patient could meet an error where an English one meets a sentence."""
    first, *others = [dict(_sentences(wording(code).sentences)) for code in LANGUAGES]
    for other in others:
        assert other.keys() == first.keys()
        for key, text in first.items():
            assert _placeholders(other[key]) == _placeholders(text), key


def test_every_reason_of_a_parser_has_words() -> None:
    """Without it a rejected value would raise instead of saying why."""
    folder = Path(app.dialogue.slots.__file__).parent
    plain = r"(?:\w+_)?(?:missing|short|long|wrong|unclear|length|digits|check)"
    form = re.compile(rf'"({plain}|birth_date_(?:year|future|old)|empty|too_long)"')
    used = {key for path in folder.glob("*.py") for key in form.findall(path.read_text("utf-8"))}
    assert len(used) > 15
    for code in LANGUAGES:
        assert used | {"ssn_not_kept", "card_not_kept"} <= set(wording(code).at("rejected"))


MOVES = [
    m.Answer("?"), m.Noted(("patient_name", "preferred_times")), m.Reject("contact", "5", "phone_short"),
    m.StillNeeded("contact"), m.Ask("contact"), m.AskChange(), m.Confirm(), m.Complete("referral"), m.HandOff(),
    m.HandOff(asked=False), m.Skipped(), m.Started("referral"), m.Why("reason"), m.Cancelled("referral"), m.Restarted(),
    m.Lane(Caller.VENDOR), m.Offer(),
    m.PassedOn(), m.PassedOn(words=True), m.Rephrase(), m.StillPaused(), m.Friendly("thanks"), m.Emergency("911"),
]  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_move_has_words(code: str) -> None:
    """Without it a move could come out empty or with a placeholder left in it."""
    assert {type(move) for move in MOVES} == set(get_args(m.Move))
    window = {"said": "mornings", "from": None, "to": "12:00", "days": ["mon"]}
    slots = {
        "patient_name": SlotValue(SlotStatus.FILLED, "Rosa"),
        "preferred_times": SlotValue(SlotStatus.FILLED, [window]),
    }
    state = State(language=code, action="referral", status=ActionStatus.CONFIRMING, slots=slots)
    for move in MOVES:
        said = phrase(move, state, CATALOGUE, wording(code), CLINIC, reference="K7M2PQR")
        assert bool(said) != isinstance(move, m.Answer)
        assert "{" not in said
    words = wording(code)
    fixed = [
        greeting(words, CLINIC, CATALOGUE),
        disclosure(words, CLINIC),
        refusal(words, CLINIC),
        error(words, CLINIC),
        *consent(words, CLINIC),
        *suggestions(words, CATALOGUE),
    ]
    assert all(fixed)
    assert not any("{" in text for text in fixed)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_fixed_texts_say_what_they_must(code: str) -> None:
    """Without it an edit could drop the number to call or the fact that a machine is talking."""
    words = wording(code)
    assert "988" in phrase(m.Emergency("988"), State(), CATALOGUE, words, CLINIC)
    assert "911" in phrase(m.Emergency("911"), State(), CATALOGUE, words, CLINIC)
    assert CLINIC.phone in disclosure(words, CLINIC)
    assert re.search(r"automated|automático", disclosure(words, CLINIC))
    assert CLINIC.phone in refusal(words, CLINIC)


def test_a_completed_form_without_contact_promises_no_call() -> None:
    """Without it a patient nobody can reach would wait for a call."""
    state = State(action="callback", status=ActionStatus.COMPLETED, slots={"contact": SlotValue(SlotStatus.DECLINED)})
    said = phrase(m.Complete("callback"), state, CATALOGUE, wording("en"), CLINIC, reference="K7M2PQR")
    assert "K7M2PQR" in said
    assert CLINIC.phone in said
    assert "get back" not in said


def test_braces_typed_by_a_patient_stay_text() -> None:
    """Without it a patient's braces could be read as a placeholder, or fail the turn."""
    state = State(action="referral", slots={"reason": SlotValue(SlotStatus.FILLED, "{clinic} {0} {x!r}")})
    assert "{clinic} {0} {x!r}" in phrase(m.Noted(("reason",)), state, CATALOGUE, wording("en"), CLINIC)


@pytest.mark.parametrize("code", LANGUAGES)
def test_only_what_the_clinic_offers_is_offered(code: str) -> None:
    """A clinic that takes no referrals here would promise one with the first words."""
    words = wording(code)
    calls_only = replace(CATALOGUE, actions=[action for action in CATALOGUE.actions if action.name == "callback"])
    referral = CATALOGUE.actions[0].offer[code]
    assert referral in greeting(words, CLINIC, CATALOGUE)
    assert referral not in greeting(words, CLINIC, calls_only)
    assert len(suggestions(words, calls_only)) == len(suggestions(words, CATALOGUE)) - 1
