"""One message each, typed into a referral: which fields it fills and changes, and whether it submits anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.actions.on_demand import on_demand
from app.actions.shipped import shipped_actions
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.decide import decide
from app.dialogue.language import detect
from app.dialogue.moves import Complete
from app.dialogue.private import mask
from app.dialogue.reading_value import read_value
from app.dialogue.slots import Parsed
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.understanding.rules import RulesUnderstanding
from scripts.evals.slots import Counts

TODAY = date(2026, 3, 2)
GIVEN = {
    "patient_name": "Ana Ruiz",
    "contact": "703-555-0142",
    "referring_provider": "Dr. Amy Wu",
    "provider_specialty": "orthopedics",
    "reason": "left knee pain",
    "insurance_carrier": "Aetna",
    "member_id": "W22104471",
    "preferred_times": "Tuesday mornings",
}
Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message did: the fields before and after it, and whether the referral was submitted."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    sent: bool


def load(path: Path) -> Iterator[tuple[str, Case]]:
    """(group, case) of every message in the file."""
    for group, cases in yaml.safe_load(path.read_text("utf-8")).items():
        for case in cases:
            yield group, case


def measure(path: Path) -> Counts:
    """How many messages of each group did what they should; what was submitted without a yes is counted apart."""
    counts = Counts()
    for group, case in load(path):
        outcome = play(case)
        wrong = misses(case, outcome)
        counts[group.replace("_", " ")].add(not wrong, f"{case['said']!r}: {'; '.join(wrong)}")
        if case.get("sent") is False:
            counts["nothing submitted without a yes"].add(not outcome.sent, repr(case["said"]))
    return counts


def play(case: Case) -> Outcome:
    """The message through understanding and deciding, at its place in the talk."""
    catalogue, understanding = _catalogue(_needed(case)), RulesUnderstanding()
    before = _state(case)
    kept = mask(case["said"])[0]
    after, moves = decide(before, understanding.understand(kept, before, catalogue), catalogue, TODAY)
    return Outcome(_plain(before), _plain(after), any(isinstance(move, Complete) for move in moves))


def misses(case: Case, outcome: Outcome) -> list[str]:
    """What is not as the case wants it."""
    wanted = {name: _value(name, said) for name, said in case.get("slots", {}).items()}
    parts = case.get("has", {})
    free = {*case.get("else", ()), *parts}
    kept = {*outcome.before, *outcome.after} - free - set(wanted)
    wrong = [
        f"{name} is {outcome.after.get(name)!r}, wanted {value!r}"
        for name, value in {**{name: outcome.before.get(name) for name in kept}, **wanted}.items()
        if outcome.after.get(name) != value and (not case.get("fresh") or name in wanted)
    ]
    for name, part in parts.items():
        if part.casefold() not in str(outcome.after.get(name)).casefold():
            wrong.append(f"{name} is {outcome.after.get(name)!r}, wanted {part!r} in it")
    wrong += [f"{name} is {outcome.after[name]!r}" for name in case.get("not_filled", ()) if name in outcome.after]
    if "sent" in case and outcome.sent is not case["sent"]:
        wrong.append("submitted" if outcome.sent else "not submitted")
    return wrong


def _state(case: Case) -> State:
    language = detect(case["said"]) or "en"
    if case.get("fresh"):
        return State(language=language)
    names, asked = list(_specs()), case.get("asked")
    given = GIVEN if asked not in GIVEN else [name for name in GIVEN if names.index(name) < names.index(asked)]
    slots = {name: SlotValue(SlotStatus.FILLED, _read(name, GIVEN[name]), GIVEN[name]) for name in given}
    status = ActionStatus.COLLECTING if asked else ActionStatus.CONFIRMING
    return State(action="referral", status=status, slots=slots, asking=asked, language=language)


@cache
def _specs() -> Mapping[str, SlotSpec]:
    """The fields of the shipped referral, and those that rules of a clinic may ask for."""
    referral = next(action for action in shipped_actions() if action.name == "referral")
    return {spec.name: spec for spec in (*referral.slots, *on_demand().values())}


def _needed(case: Case) -> frozenset[str]:
    """The fields of the case that only the rules of a clinic ask for."""
    named = {case.get("asked"), *case.get("slots", ()), *case.get("has", ()), *case.get("not_filled", ())}
    return frozenset(on_demand().keys() & named)


@cache
def _catalogue(needed: frozenset[str]) -> Catalogue:
    """The shipped actions; the referral of a clinic whose rules need these fields, asked for behind its own."""
    more = [spec for name, spec in on_demand().items() if name in needed]
    return Catalogue(
        [
            replace(action, slots=(*action.slots, *more)) if action.name == "referral" else action
            for action in shipped_actions()
        ]
    )


def _read(name: str, said: str) -> Any:
    read = read_value(_specs()[name], said, TODAY, {}, "en")
    if not isinstance(read, Parsed):
        raise ValueError(f"{said!r} is no value of {name!r}: write one that the field's own parser takes")
    return read.value


def _value(name: str, said: str | None) -> Any:
    return None if said is None else _comparable(_read(name, said))


def _plain(state: State) -> dict[str, Any]:
    return {name: _comparable(value) for name, value in state.filled().items() if name in _specs()}


def _comparable(value: Any) -> Any:
    """Windows of time without the words they were said in."""
    return [(one["from"], one["to"], tuple(one["days"])) for one in value] if isinstance(value, list) else value
