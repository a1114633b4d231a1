"""check_actions: what publishing these actions would change in a clinic, and everything that keeps them from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from app.actions.differing import Difference, differences
from app.actions.fitting import clashes, unspoken
from app.actions.problems import NotAnAction, Problem
from app.actions.reading import read_action
from app.actions.shipped import NAMES, shipped_actions
from app.desk import Desk
from app.dialogue.action import Action
from app.dialogue.decide import CALLBACK
from app.store.queries.actions import StoredAction, parsed, stored_actions
from app.store.queries.clinics import ClinicFacts
from app.understanding.triggers import tells_nothing


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of one action. `number` is the version that would be made, or the one in force where nothing
    is `changed`. `body` None: as shipped. `notes` are no hindrance."""

    name: str
    number: int
    changed: bool
    enabled: bool
    body: dict[str, Any] | None
    differences: list[Difference]
    notes: list[str]


def check_actions(desk: Desk, clinic: ClinicFacts, documents: Sequence[Any]) -> tuple[list[Plan], list[Problem]]:
    """The plans, in the order of the documents, and the problems; with a problem nothing can be published."""
    with desk.database.read() as session:
        try:
            return plans(session, clinic, documents), []
        except NotAnAction as wrong:
            return [], list(wrong.problems)


def plans(session: Session, clinic: ClinicFacts, documents: Sequence[Any]) -> list[Plan]:
    """As `check_actions`; raises NotAnAction with every problem."""
    read = [read_action(document) for document in documents]
    problems = [problem for _, found in read for problem in found]
    if problems:
        raise NotAnAction(problems)
    actions = [action for action, _ in read]
    stored = {one.name: one for one in stored_actions(session, clinic.id)}
    names = {action.name for action in actions}
    others = [action for one in stored.values() if one.name not in names and (action := parsed(one))]
    problems = clashes([*others, *actions])
    for action, document in zip(actions, documents, strict=True):
        problems += _hindrances(action, document, clinic)
    if problems:
        raise NotAnAction(problems)
    return [_plan(a, d, stored.get(a.name), clinic) for a, d in zip(actions, documents, strict=True)]


def _hindrances(action: Action, document: Mapping[str, Any], clinic: ClinicFacts) -> list[Problem]:
    found = []
    if not any(action.triggers.get(code) for code in clinic.languages):
        languages = ", ".join(clinic.languages)
        remedy = f"write what its patients say, under one of {languages}"
        found.append(Problem(f"{action.name}.triggers", "has no example in a language of this clinic", remedy))
    for code, examples in action.triggers.items():
        for place, example in enumerate(examples):
            if tells_nothing(example):
                remedy = "add the words that tell it from other requests"
                found.append(Problem(f"{action.name}.triggers.{code}[{place}]", f"is {example!r}", remedy))
    if action.name == CALLBACK and document.get("enabled") is False:
        remedy = "leave it on: whoever asks for a person gets it"
        found.append(Problem(f"{CALLBACK}.enabled", "is false", remedy))
    return found


def _plan(action: Action, document: Mapping[str, Any], now: StoredAction | None, clinic: ClinicFacts) -> Plan:
    enabled = document.get("enabled", True)
    before = parsed(now) if now else None
    same = now is not None and before is not None and _equal(action, before) and enabled == now.enabled
    as_shipped = action.name in NAMES and any(_equal(action, one) for one in shipped_actions())
    return Plan(
        name=action.name,
        number=(now.number if now else 0) + (not same),
        changed=not same,
        enabled=enabled,
        body=None if as_shipped else dict(document),
        differences=[] if same else differences(now.document if now else {}, dict(document)),
        notes=unspoken(action, clinic.languages),
    )


def _equal(one: Action, other: Action) -> bool:
    return replace(one, version="") == replace(other, version="")
