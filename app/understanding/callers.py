"""Who is asking, as far as one message tells it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.dialogue import commands as c
from app.dialogue.lanes import NOT_PATIENTS, believed
from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.dialogue.state import Caller, State

_TO_SELL = (Caller.VENDOR, Caller.WRONG_NUMBER)
_ABOUT_THEMSELVES = ("patient_name", "contact")
_OF_A_REFERRAL = ("referring_provider", "provider_specialty")
"""Whom a patient of the clinic names is who treats them there."""
_ADDED = re.compile(r"\s*\([^()]*\)(?=\W*$)")
"""What a question took over from the one before it."""
_GAP = r"(?:[\w'.-]+,? ){0,4}?"


def caller_told(text: str) -> Caller | None:
    """The caller that the words tell of; None for words that tell of nobody but a patient, or of nothing."""
    folded = fold(text)
    return next((caller for caller, listed in _callers().items() if listed.fits(folded)), None)


def caller_now(text: str, state: State) -> Caller:
    """Who is asking once `text` was heard."""
    told = caller_told(text)
    return state.caller if told is None else believed(state, told)


def identified(commands: Sequence[c.Command], text: str, state: State) -> list[c.Command]:
    """The commands of a message, and who it says is asking where that is news. Who sells something or is in the wrong
    place wants nothing from the papers; what is said beside it is kept."""
    told = caller_told(text)
    if told is None or believed(state, told) is not told or told is state.caller:
        return list(commands)
    kept = [command for command in commands if not isinstance(command, c.Unclear) and not _strays(command, told, text)]
    beside = _asks_beside(commands, told)
    if beside:  # every part of a message gets its word: the request is passed on, what is asked beside it is answered
        kept = [
            one for one in commands if one in kept or (isinstance(one, c.AskQuestion) and not _of_nobody(one, told))
        ]
    if told is Caller.EXISTING_PATIENT and not any(isinstance(command, c.StartAction) for command in kept):
        kept = [one for one in kept if not (isinstance(one, c.SetSlot) and one.name in _OF_A_REFERRAL)]
    wants = any(isinstance(command, c.AskQuestion | c.StartAction | c.RequestHuman) for command in kept)
    return [c.Identify(told, "" if wants and not _requests_beside(kept, told, text) else text), *kept]


def _asks_beside(commands: Sequence[c.Command], told: Caller) -> bool:
    """Whether something is asked that is not the caller's own request itself."""
    asked = [command.text for command in commands if isinstance(command, c.AskQuestion)]
    return any(not _callers()[told].wants(fold(_ADDED.sub("", text))) for text in asked)


def _of_nobody(command: c.AskQuestion, told: Caller) -> bool:
    return told in _TO_SELL or (told in NOT_PATIENTS and caller_told(command.text) is told)


def _requests_beside(kept: Sequence[c.Command], told: Caller, text: str) -> bool:
    """Whether a request stands beside the questions, and nothing is begun for it yet."""
    begun = any(isinstance(command, c.StartAction | c.RequestHuman) for command in kept)
    return not begun and _callers()[told].wants(fold(text))


def _strays(command: c.Command, told: Caller, text: str) -> bool:
    """True for what such a caller did not mean: to cancel a visit is not to cancel this talk."""
    if isinstance(command, c.SetSlot):
        return told in NOT_PATIENTS and command.name not in _ABOUT_THEMSELVES
    if isinstance(command, c.CancelAction | c.AskQuestion) and _callers()[told].wants(fold(text)):
        return True
    if isinstance(command, c.AskQuestion) and told in NOT_PATIENTS and caller_told(command.text) is told:
        return True
    return told in _TO_SELL and isinstance(command, c.AskQuestion | c.StartAction)


@dataclass(frozen=True, slots=True)
class _Listed:
    """The patterns of one caller."""

    told: re.Pattern[str]
    unless: re.Pattern[str] | None
    requests: re.Pattern[str] | None

    def fits(self, folded: str) -> bool:
        return bool(self.told.search(folded)) and not (self.unless and self.unless.search(folded))

    def wants(self, folded: str) -> bool:
        return bool(self.requests and self.requests.search(folded))


@cache
def _callers() -> dict[Caller, _Listed]:
    data = read_yaml("app.understanding.lexicon", "callers.yaml")
    terms = data["terms"]
    return {
        Caller(name): _Listed(
            _pattern(listed["patterns"], terms),
            _pattern(listed["unless"], terms) if "unless" in listed else None,
            _pattern(listed["wants"], terms) if "wants" in listed else None,
        )
        for name, listed in data["callers"].items()
    }


def _pattern(patterns: list[str], terms: dict[str, str]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns).replace("~", _GAP)
    for name, listed in terms.items():
        joined = joined.replace("{" + name + "}", listed)
    return re.compile(joined)
