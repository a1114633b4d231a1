"""Reads the slots of an action from data."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.actions.checks import Checks
from app.actions.problems import shown, use_one_of
from app.dialogue.action import SlotSpec
from app.dialogue.asking import CALLER
from app.dialogue.slots import PARSERS
from app.dialogue.slots.fold import fold
from app.dialogue.state import Caller
from app.errors import Invalid
from app.qualification.conditions import Condition, Leaf, condition_from

KEYS = ("name", "type", "label", "ask", "required", "declinable", "choices", "only_if")
NEEDED = ("name", "type", "label", "ask")
MOST_SLOTS = 30
MOST_CHOICES = 20
LONGEST_CHOICE = 80
CONTACT = "contact"
"""The slot, and its type, that every action has: nobody could answer a request without it."""


def read_slots(checks: Checks, data: Any, path: str, *, reachable: bool = True) -> tuple[SlotSpec, ...]:
    """The slots as far as they can be read. `reachable`: one of them must be a way to reach the patient."""
    specs: list[SlotSpec] = []
    for place, item in enumerate(checks.listed(data, path, 1, MOST_SLOTS, "slots")):
        spec = _slot(checks, item, f"{path}[{place}]", specs)
        if any(spec.name == other.name for other in specs):
            checks.add(f"{path}[{place}].name", f"is {spec.name!r} a second time", "give each slot a name of its own")
        if spec.name == CALLER:
            checks.add(
                f"{path}[{place}].name", f"is {CALLER!r}", "use another name: conditions know who is asking by it"
            )
        specs.append(spec)
    if reachable:
        _reachable(checks, specs, path)
    return tuple(specs)


def _slot(checks: Checks, data: Any, path: str, before: list[SlotSpec]) -> SlotSpec:
    given = checks.mapping(data, path, KEYS, NEEDED)
    kind = given.get("type", "text")
    if kind not in PARSERS:
        checks.add(f"{path}.type", f"is {shown(kind)}", use_one_of(kind, PARSERS))
    choices = _choices(checks, given, kind, path)
    return SlotSpec(
        name=checks.name(given["name"], f"{path}.name") if "name" in given else "",
        type=str(kind),
        label=checks.words(given["label"], f"{path}.label") if "label" in given else {},
        ask=checks.words(given["ask"], f"{path}.ask") if "ask" in given else {},
        required=checks.flag(given, "required", path),
        declinable=checks.flag(given, "declinable", path),
        choices=choices.get("en", ()),
        choice_words=choices,
        only_if=_only_if(checks, given["only_if"], f"{path}.only_if", before) if "only_if" in given else None,
    )


def _choices(checks: Checks, given: Mapping[str, Any], kind: Any, path: str) -> dict[str, tuple[str, ...]]:
    """Language -> options, all of one length; what is written without a language is for all of them."""
    path = f"{path}.choices"
    if "choices" not in given:
        if kind == "choice":
            checks.add(path, "is missing", "list the options of this choice")
        return {}
    if kind != "choice":
        checks.add(path, f"stands in a slot of type {shown(kind)}", "leave it out, or make the type `choice`")
        return {}
    data = given["choices"]
    by_code = {"en": data} if isinstance(data, list) else checks.codes(data, path)
    options = {code: _options(checks, value, f"{path}.{code}") for code, value in by_code.items()}
    if len({len(listed) for listed in options.values()}) > 1:
        sizes = ", ".join(f"{len(listed)} in {code}" for code, listed in options.items())
        checks.add(path, f"has {sizes}", "write the same options in the same order in every language")
    return options


def _options(checks: Checks, value: Any, path: str) -> tuple[str, ...]:
    listed = checks.listed(value, path, 2, MOST_CHOICES, "options")
    texts = [checks.text(one, f"{path}[{place}]", LONGEST_CHOICE) for place, one in enumerate(listed)]
    folded = [fold(text) for text in texts]
    if twins := sorted({text for text, plain in zip(texts, folded, strict=True) if folded.count(plain) > 1}):
        checks.add(path, f"has {twins[0]!r} twice", "leave one out")
    return tuple(texts)


def _only_if(checks: Checks, data: Any, path: str, before: list[SlotSpec]) -> Condition | None:
    known = {spec.name: spec for spec in before}
    try:
        condition = condition_from(data, path, {*known, CALLER})
    except Invalid as problem:
        checks.add(problem.message, "", f"{problem.remedy} (a condition looks at slots that come before its own)")
        return None
    for leaf in _leaves(condition):
        _comparable(checks, leaf, _values_of(known.get(leaf.fact)), path)
    return condition


def _values_of(spec: SlotSpec | None) -> list[str]:
    """The values that a fact can have, where they are few; None is who is asking."""
    if spec is None:
        return [caller.value for caller in Caller]
    return list(spec.choices) if spec.type == "choice" else ["yes", "no"] if spec.type == "yes_no" else []


def _comparable(checks: Checks, leaf: Leaf, options: list[str], path: str) -> None:
    """A choice is compared with its options, a yes or no with yes and no: anything else could never be true."""
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    for value in values if options and leaf.test in ("is", "in") else ():
        if not isinstance(value, bool) and fold(str(value)) not in map(fold, options):
            checks.add(f"{path}: {leaf.fact}", f"is never {value!r}", use_one_of(value, options))


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from _leaves(part)


def _reachable(checks: Checks, specs: list[SlotSpec], path: str) -> None:
    found = next((spec for spec in specs if spec.name == CONTACT), None)
    if found is None:
        checks.add(path, f"has no slot {CONTACT!r}", "add it: without a phone or e-mail nobody can answer")
    elif found.type != CONTACT or not found.required or found.declinable or found.only_if:
        remedy = "make it of type contact, required, with declinable: false and without only_if"
        checks.add(f"{path}.{CONTACT}", "can be left out", remedy)
