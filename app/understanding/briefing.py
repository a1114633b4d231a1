"""What a language model is told when it is asked to understand: the task, the clinic's actions and fields, where the
talk stands (names of fields, never their values), and the patient's message as data."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from app.dialogue.action import Action, Catalogue, SlotSpec
from app.dialogue.asking import applying
from app.dialogue.state import ActionStatus, SlotStatus, State
from app.llm.base import Part, Prompt

EXAMPLES = 4
"""Of each action; more make the request long and tell little."""
KINDS = {
    "person_name": "a person's name",
    "contact": "a phone number or an e-mail address",
    "phone": "a phone number",
    "fax": "a fax number",
    "email": "an e-mail address",
    "provider": "a doctor or an office, or that nobody referred them",
    "specialty": "a kind of doctor",
    "reason": "a complaint or a matter in their own words",
    "body_part": "a part of the body",
    "carrier": "a health insurance company or plan, or that they have none",
    "member_id": "the number on an insurance card",
    "npi": "the ten-digit number of a doctor",
    "preferred_times": "days and hours",
    "zip": "a ZIP code",
    "date": "a date",
    "event_date": "when something happened or will happen",
    "birth_date": "a date of birth",
    "yes_no": "yes or no",
    "choice": "one of",
    "text": "free words",
}
"""How each type of slot is described."""


def prompts(text: str, state: State, catalogue: Catalogue) -> list[Prompt]:
    """The request: what stays the same for the clinic first, then this turn."""
    return [
        Prompt("system", [Part(_task()), Part(_catalogue(catalogue, state))]),
        Prompt("user", [*_standing(state, catalogue), *_message(text)]),
    ]


@cache
def _task() -> str:
    return (files("app.understanding") / "briefing.txt").read_text(encoding="utf-8")


def _catalogue(catalogue: Catalogue, state: State) -> str:
    specs = {spec.name: spec for action in reversed(catalogue.actions) for spec in action.slots}
    specs |= {spec.name: spec for action in catalogue.actions if action.name == state.action for spec in action.slots}
    lines = ["", "Actions of this clinic (name: what people say who want it)"]
    lines += [f"- {action.name}: {_examples(action)}" for action in catalogue.actions]
    lines += ["", "Fields (name: what it is)"]
    lines += [f"- {name}: {_described(spec)}" for name, spec in sorted(specs.items())]
    return "\n".join(lines) + "\n"


def _examples(action: Action) -> str:
    listed = [f'"{example}"' for code in action.triggers for example in action.triggers[code][:EXAMPLES]]
    return "; ".join(listed) or action.title.get("en", action.name)


def _described(spec: SlotSpec) -> str:
    kind = KINDS.get(spec.type, spec.type)
    options = " / ".join(spec.options("en")) if spec.type == "choice" else ""
    asked = spec.ask.get("en") or next(iter(spec.ask.values()), "")
    return f'{spec.label.get("en", spec.name)}, {kind}{" " + options if options else ""}. Asked as "{asked}"'


def _standing(state: State, catalogue: Catalogue) -> Iterator[Part]:
    yield Part("Where the talk stands\n")
    action = catalogue.action(state.action)
    under_way = action is not None and state.status in (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
    if action is not None and under_way:
        yield Part(f"- Under way: {action.name}\n")
        given = [name for name, value in state.slots.items() if value.status is SlotStatus.FILLED]
        wanted = applying(action, state.slots, state.caller)
        yield Part(f"- Fields given: {', '.join(given) or 'none'}\n")
        left = [spec.name for spec in action.slots if spec.name not in state.slots and spec.name in wanted]
        yield Part(f"- Fields to come: {', '.join(left) or 'none'}\n")
    elif action is not None and state.status is not None:
        yield Part(f"- {action.name}: {state.status.value}\n")
    else:
        yield Part("- Nothing is under way\n")
    yield from _just_said(state, catalogue)
    if state.topics:
        yield Part("- Asked before: ")
        yield Part(" | ".join(topic.question for topic in state.topics), "patient")
        yield Part("\n")


def _just_said(state: State, catalogue: Catalogue) -> Iterator[Part]:
    spec = catalogue.spec(state.asking, state.action) if state.asking else None
    if spec is not None:
        asked = spec.ask.get(state.language) or next(iter(spec.ask.values()), "")
        yield Part(f'- The desk just asked for {spec.name}: "{asked}"\n')
    elif state.status is ActionStatus.CONFIRMING:
        yield Part("- The desk just read every field back and asked whether that is right\n")
    elif state.offered:
        yield Part(f"- The desk just offered: {state.offered}\n")
    elif state.choosing:
        yield Part("- The desk just asked back which plan is meant\n")


def _message(text: str) -> Iterator[Part]:
    yield Part("\nThe message, between the lines of dashes\n-----\n")
    yield Part(text, "patient")
    yield Part("\n-----\n")
