"""Reads an action from data: the shipped ones, and any that a clinic writes in the same form (docs/actions.md)."""

from typing import Any

from app.actions.checks import Checks
from app.actions.problems import NotAnAction, Problem, shown
from app.actions.reading_slots import read_slots
from app.dialogue.action import COORDINATOR, Action, Confirmation

KEYS = (
    "name", "enabled", "title", "triggers", "offer", "started", "completed", "confirmation", "destinations", "slots",
)  # fmt: skip
NEEDED = ("name", "title", "triggers", "slots")
MOST_TRIGGERS = 60
LONGEST_TRIGGER = 120
MOST_DESTINATIONS = 10


def action_from(data: Any, version: str = "1") -> Action:
    """The action that `data` describes, as version `version`. Raises NotAnAction with everything that is wrong."""
    action, problems = read_action(data, version)
    if problems:
        raise NotAnAction(problems)
    return action


def read_action(data: Any, version: str = "1") -> tuple[Action, list[Problem]]:
    """The action as far as it can be read, and what is wrong with it. `enabled` is looked at but is no part of it."""
    checks = Checks()
    path = str(data.get("name", "action")) if isinstance(data, dict) else "action"
    given = checks.mapping(data, path, KEYS, NEEDED)
    name = checks.name(given["name"], f"{path}.name") if "name" in given else path
    checks.flag(given, "enabled", path)
    said = {
        key: checks.words(given[key], f"{path}.{key}")
        for key in ("title", "offer", "started", "completed")
        if key in given
    }
    action = Action(
        name=name,
        title=said.get("title", {}),
        triggers=_triggers(checks, given["triggers"], f"{path}.triggers") if "triggers" in given else {},
        slots=read_slots(checks, given["slots"], f"{path}.slots") if "slots" in given else (),
        completed=said.get("completed", {}),
        started=said.get("started", {}),
        offer=said.get("offer", {}),
        confirmation=_confirmation(checks, given.get("confirmation", {}), f"{path}.confirmation"),
        destinations=_destinations(checks, given.get("destinations", [COORDINATOR]), f"{path}.destinations"),
        version=version,
    )
    return action, checks.problems


def _triggers(checks: Checks, data: Any, path: str) -> dict[str, tuple[str, ...]]:
    examples = {}
    for code, value in checks.codes(data, path, needed=None).items():
        listed = checks.listed(value, f"{path}.{code}", 1, MOST_TRIGGERS, "examples of what patients say")
        texts = [checks.text(one, f"{path}.{code}[{place}]", LONGEST_TRIGGER) for place, one in enumerate(listed)]
        if twins := sorted({text for text in texts if texts.count(text) > 1}):
            checks.add(f"{path}.{code}", f"has {shown(twins[0])} twice", "leave one out")
        examples[code] = tuple(texts)
    return examples


def _confirmation(checks: Checks, data: Any, path: str) -> Confirmation:
    given = checks.mapping(data, path, ("ask", "opening", "question"))
    words = {key: checks.words(given[key], f"{path}.{key}") for key in ("opening", "question") if key in given}
    ask = checks.flag(given, "ask", path)
    if words and not ask:
        checks.add(f"{path}.ask", "is false", "leave out opening and question: nothing is read back")
    return Confirmation(ask, words.get("opening", {}), words.get("question", {}))


def _destinations(checks: Checks, data: Any, path: str) -> tuple[str, ...]:
    listed = checks.listed(data, path, 1, MOST_DESTINATIONS, f"e-mail addresses, or {COORDINATOR}")
    places = [_destination(checks, one, f"{path}[{place}]") for place, one in enumerate(listed)]
    if twins := sorted({one for one in places if places.count(one) > 1}):
        checks.add(path, f"has {twins[0]!r} twice", "leave one out")
    return tuple(places)


def _destination(checks: Checks, value: Any, path: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    if value == COORDINATOR:
        return COORDINATOR
    try:
        found = validate_email(str(value), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
        return found.ascii_email or found.normalized
    except EmailNotValidError:
        checks.add(path, f"is {shown(value)}", f"write an e-mail address, or {COORDINATOR} for the clinic's own")
    return str(value)
