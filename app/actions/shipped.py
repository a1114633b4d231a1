"""Reads actions from YAML: the shipped ones, and any that a clinic writes in the same form."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.dialogue.action import Action, SlotSpec
from app.dialogue.shipped import read_yaml
from app.dialogue.slots import PARSERS
from app.errors import Invalid

NAMES = ("referral", "callback", "appointment_request")
_ACTION_KEYS = {"name", "title", "triggers", "slots", "completed", "started"}
_SLOT_KEYS = {"name", "type", "label", "ask", "required", "declinable", "choices", "pointless_with"}


@cache
def shipped_actions() -> tuple[Action, ...]:
    """The actions shipped with every clinic, in the order in which a trigger that fits several is decided."""
    return tuple(action_from(read_yaml("app.actions", f"{name}.yaml")) for name in NAMES)


def action_from(data: Mapping[str, Any]) -> Action:
    """The action that `data` describes. Raises Invalid, naming the key, when it describes none."""
    _only(data, _ACTION_KEYS, "action")
    name = _text(data, "name", "action")
    slots = data.get("slots")
    if not isinstance(slots, list) or not slots:
        raise Invalid(f"action {name!r}: slots is {slots!r}", "list at least one slot")
    specs = tuple(_slot(item, f"{name}.slots[{place}]") for place, item in enumerate(slots))
    _no_twins([spec.name for spec in specs], name)
    triggers = data.get("triggers") or {}
    if not isinstance(triggers, dict) or not all(isinstance(examples, list) for examples in triggers.values()):
        raise Invalid(f"action {name!r}: triggers is {triggers!r}", "write a list of examples per language code")
    examples = {code: tuple(str(example) for example in listed) for code, listed in triggers.items()}
    completed = _words(data, "completed", name) if "completed" in data else {}
    started = _words(data, "started", name) if "started" in data else {}
    return Action(name, _words(data, "title", name), examples, specs, completed, started)


def _slot(data: Any, where: str) -> SlotSpec:
    if not isinstance(data, dict):
        raise Invalid(f"{where} is {data!r}", "write name, type, label and ask")
    _only(data, _SLOT_KEYS, where)
    kind = _text(data, "type", where)
    if kind not in PARSERS:
        raise Invalid(f"{where}.type is {kind!r}", f"use one of {', '.join(sorted(PARSERS))}")
    flags = {key: data.get(key, True) for key in ("required", "declinable")}
    for key, value in flags.items():
        if not isinstance(value, bool):
            raise Invalid(f"{where}.{key} is {value!r}", "write true or false")
    choices = tuple(str(option) for option in data.get("choices") or ())
    if (kind == "choice") != bool(choices):
        raise Invalid(f"{where}.choices is {list(choices)!r}", "a slot of type choice, and no other, lists its options")
    pointless = {str(slot): tuple(values) for slot, values in (data.get("pointless_with") or {}).items()}
    label, ask = _words(data, "label", where), _words(data, "ask", where)
    return SlotSpec(_text(data, "name", where), kind, label, ask, **flags, choices=choices, pointless_with=pointless)


def _only(data: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(data) - known):
        raise Invalid(f"{where} has the unknown key {unknown[0]!r}", f"use {', '.join(sorted(known))}")


def _text(data: Mapping[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"{where}.{key} is {value!r}", "write a word")
    return value


def _words(data: Mapping[str, Any], key: str, where: str) -> dict[str, str]:
    """Wording per language; English must be there, the others fall back to it."""
    words = data.get(key)
    if not isinstance(words, dict) or not isinstance(words.get("en"), str):
        raise Invalid(f"{where}.{key} is {words!r}", "write the wording under the language codes, at least `en`")
    return {str(code): str(text) for code, text in words.items()}


def _no_twins(names: list[str], action: str) -> None:
    if twins := sorted({name for name in names if names.count(name) > 1}):
        raise Invalid(f"action {action!r} has the slot {twins[0]!r} twice", "give each slot a name of its own")
