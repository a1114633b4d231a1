"""A clinic's rules on top of the shipped ones: what it writes goes before, what it leaves out stays as shipped."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from app.errors import Invalid
from app.qualification.facts import slot_of
from app.qualification.shipped import shipped

PARTS = ("referral_rules", "ask", "texts", "rules", "score", "urgency")
LOCKED = "emergency"
"""The one rule that no clinic can change or switch off."""


def shipped_data() -> dict[str, Any]:
    """A copy of the shipped rules."""
    copy: dict[str, Any] = json.loads(json.dumps(shipped("default_rules.yaml")))
    return copy


def complete(data: Any) -> dict[str, Any]:
    """All parts, JSON-able. With `extends: shipped` (which it is when nothing is said) rules of the clinic replace
    those of the same name and go before the others, fields that are asked for and texts likewise; `score` and
    `urgency` replace the shipped ones as a whole; `without` names shipped rules that are left out."""
    if not isinstance(data, dict):
        raise Invalid(f"the rules are {data!r}"[:200], f"write a mapping with {', '.join(PARTS)}")
    for key in data:
        if key not in (*PARTS, "extends", "without"):
            raise Invalid(f"the rules have the unknown key {key!r}", f"use {', '.join(PARTS)}{_meant(key, PARTS)}")
    own = {part: _plain(data[part], part) for part in PARTS if data.get(part) is not None}
    base = _base(data)
    whole = {
        "extends": "none",
        "referral_rules": _merged(base, own, "referral_rules"),
        "ask": _by_name(base["ask"], own.get("ask", []), "slot"),
        "texts": _merged(base, own, "texts"),
        "rules": _by_name(base["rules"], own.get("rules", []), "name"),
        "score": own.get("score", base["score"]),
        "urgency": own.get("urgency", base["urgency"]),
    }
    return _with_the_locked(whole)


def _base(data: Mapping[str, Any]) -> dict[str, Any]:
    extends, without = data.get("extends", "shipped"), data.get("without") or []
    if extends not in ("shipped", "none"):
        raise Invalid(f"extends is {extends!r}", "write shipped or none")
    base = shipped_data()
    if extends == "none":
        return {part: type(base[part])() for part in PARTS}
    names = [rule["name"] for rule in base["rules"]]
    if not isinstance(without, list):
        raise Invalid(f"without is {without!r}", "list the names of shipped rules")
    for name in without:
        if name not in names or name == LOCKED:
            why = "it cannot be left out" if name == LOCKED else f"the shipped rules are {', '.join(names)}"
            raise Invalid(f"without names {name!r}", why + _meant(name, names))
    base["rules"] = [rule for rule in base["rules"] if rule["name"] not in without]
    looked_at = set(_facts_in(base["rules"]))
    looked_at |= {slot for fact, slot in slot_of().items() if fact in looked_at}
    base["ask"] = [asking for asking in base["ask"] if asking["slot"] in looked_at]
    return base


def _facts_in(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("fact"), str):
            yield data["fact"]
        for value in data.values():
            yield from _facts_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _facts_in(value)


def _with_the_locked(whole: dict[str, Any]) -> dict[str, Any]:
    """The rule that is always there; the others keep their places, so that errors name those of the file."""
    if not isinstance(whole["rules"], list):
        return whole
    locked = next(rule for rule in shipped_data()["rules"] if rule["name"] == LOCKED)
    there = [rule for rule in whole["rules"] if isinstance(rule, dict) and rule.get("name") == LOCKED]
    if any(rule != locked for rule in there):
        raise Invalid(f"rules[{LOCKED}] is changed", "leave this rule as it is: it cannot be changed or switched off")
    return whole if there else {**whole, "rules": [*whole["rules"], locked]}


def _by_name(base: list[Any], own: Any, key: str) -> Any:
    """Not a list: left for the reader, who says what is wrong."""
    if not isinstance(own, list):
        return own
    names = {one.get(key) for one in own if isinstance(one, dict)}
    return [*own, *(one for one in base if one[key] not in names)]


def _merged(base: Mapping[str, Any], own: Mapping[str, Any], part: str) -> Any:
    given = own.get(part, {})
    return {**base[part], **given} if isinstance(given, dict) else given


def _plain(value: Any, where: str) -> Any:
    """YAML reads 2026-05-01 as a day; JSON has none."""
    try:
        return json.loads(json.dumps(value, default=_day))
    except (TypeError, ValueError) as error:
        raise Invalid(f"{where} cannot be stored: {error}", "write plain text, numbers, lists and mappings") from None


def _day(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is neither text nor number")


def _meant(word: Any, known: Any) -> str:
    close = get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
