"""Whether actions fit together in one clinic: slots that they share, and the languages of its patients."""

from collections.abc import Iterable, Iterator, Sequence

from app.actions.on_demand import on_demand
from app.actions.problems import Problem
from app.actions.shipped import shipped_actions
from app.dialogue.action import Action, SlotSpec

MOST_ACTIONS = 30
NAMES = {"en": "English", "es": "Spanish"}


def clashes(actions: Sequence[Action]) -> list[Problem]:
    """What keeps these actions from being offered side by side. A slot that was given is not asked for again by
    another action, so one name must mean one thing, in the shipped actions too: staff's pages and rules know those."""
    found = []
    names = [action.name for action in actions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(Problem(f"{name}.name", "stands twice", "give each action a name of its own"))
    if len(actions) > MOST_ACTIONS:
        found.append(Problem("actions", f"are {len(actions)}", f"keep at most {MOST_ACTIONS}; disable or merge some"))
    known = {name: (spec, "the fields that rules ask for") for name, spec in on_demand().items()}
    for action in [*shipped_actions(), *actions]:
        for place, spec in enumerate(action.slots):
            other, owner = known.setdefault(spec.name, (spec, action.name))
            if problem := _clash(spec, f"{action.name}.slots[{place}]", other, owner):
                found.append(problem)
    return list(dict.fromkeys(found))


def _clash(spec: SlotSpec, path: str, other: SlotSpec, owner: str) -> Problem | None:
    if other.type != spec.type:
        remedy = f"in {owner} the slot {spec.name!r} is {other.type!r}: use that type, or another name"
        return Problem(f"{path}.type", f"is {spec.type!r}", remedy)
    if other.choices != spec.choices:
        remedy = f"use the options that {spec.name!r} has in {owner}, or another name"
        return Problem(f"{path}.choices", f"are {list(spec.choices)!r}", remedy)
    return None


def unspoken(action: Action, languages: Iterable[str]) -> list[str]:
    """Notes about languages of the clinic that the action has no words for. English stands in for them."""
    notes = []
    for code in languages:
        lacking = [path for path, words in _wordings(action) if code not in words]
        language = NAMES.get(code, code)
        if lacking and code != "en":
            shown = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
            notes.append(f"{action.name} has no {language} for {shown}: those patients read the English words.")
        if code not in action.triggers:
            notes.append(f"{action.name}.triggers has no {language} examples: nobody starts it in {language}.")
    return notes


def _wordings(action: Action) -> Iterator[tuple[str, Iterable[str]]]:
    """Paths and the languages that each has words in; what is not written at all has the desk's own words."""
    for key in ("title", "offer", "started", "completed"):
        if words := getattr(action, key):
            yield key, words
    for key in ("opening", "question"):
        if words := getattr(action.confirmation, key):
            yield f"confirmation.{key}", words
    for spec in action.slots:
        yield f"slots[{spec.name}].label", spec.label
        yield f"slots[{spec.name}].ask", spec.ask
        if spec.choice_words:
            yield f"slots[{spec.name}].choices", spec.choice_words
