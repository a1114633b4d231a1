"""Reads the rules that a clinic writes, and says exactly what is wrong with them."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args

from app.errors import Invalid
from app.qualification.conditions import Condition, condition_from
from app.qualification.facts import fact_names, slot_of
from app.qualification.outcomes import Outcome
from app.qualification.refused import refuse_traits, refuse_words
from app.qualification.rule_layers import complete, shipped_data
from app.qualification.rules import Asking, Cited, Needs, Rule, RuleSet, Statement, placeholders
from app.qualification.score import MOST_POINTS, PointRule

MOST_RULES, LONGEST_TEXT = 200, 600
_RULE_KEYS = {"name", "outcome", "when", "staff", "patient", "actions", "cites", "source", "dated", "self_pay_price"}
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SERVICE_AREA = "clinic_has_service_area"
_ALWAYS = {"clinic", "phone"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rules may speak of: fields and actions of the clinic, and fields that can be asked for on demand. None:
    not checked, for rules that were checked when they were stored."""

    slots: Collection[str] | None = None
    actions: Collection[str] | None = None
    on_demand: Collection[str] | None = None

    def facts(self) -> set[str] | None:
        """Every fact."""
        return None if self.slots is None else {*self.slots, *(self.on_demand or ()), *fact_names()}


@cache
def shipped_rules() -> RuleSet:
    """What a clinic that wrote no rules decides by."""
    return read_rules(shipped_data(), Vocabulary())


def read_rules(data: Any, vocabulary: Vocabulary) -> RuleSet:
    """The rule set that `data` describes, the shipped rules filled in. Raises Invalid, naming path, value, remedy."""
    whole = complete(data)
    rules = tuple(_rule(one, f"rules[{n}]", vocabulary) for n, one in enumerate(_listed(whole, "rules", MOST_RULES)))
    if twins := [rule.name for n, rule in enumerate(rules) if rule.name in {before.name for before in rules[:n]}]:
        raise Invalid(f"rules: the name {twins[0]!r} is there twice", "give each rule a name of its own")
    points = [
        _points(one, f"{part}[{n}]", vocabulary, urgency=part == "urgency")
        for part in ("score", "urgency")
        for n, one in enumerate(_listed(whole, part, MOST_RULES))
    ]
    asks = tuple(_asking(one, f"ask[{n}]", vocabulary) for n, one in enumerate(_listed(whole, "ask", MOST_RULES)))
    _are_needed(asks, rules)
    return RuleSet(
        rules, asks, tuple(points), _texts(whole["texts"], vocabulary), _statements(whole["referral_rules"]), whole
    )


def _rule(data: Any, where: str, vocabulary: Vocabulary) -> Rule:
    _keys(data, _RULE_KEYS, where)
    name = data.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Invalid(f"{where}.name is {name!r}", "write a short name such as outside-the-area")
    where = f"rules[{name}]"
    condition = _condition(data.get("when"), f"{where}.when", vocabulary, "rules")
    cites = data.get("cites")
    if cites is not None:
        _one_of(cites, get_args(Cited), f"{where}.cites")
    return Rule(
        name=name,
        outcome=Outcome(_one_of(data.get("outcome"), list(Outcome), f"{where}.outcome")),
        when=condition,
        staff=_text(data.get("staff"), f"{where}.staff", vocabulary),
        patient=_wording(data.get("patient"), f"{where}.patient", vocabulary),
        actions=_actions(data.get("actions"), f"{where}.actions", vocabulary),
        cites=cites,
        source=_text(data.get("source"), f"{where}.source", vocabulary, needed=False),
        dated=_day(data["dated"], f"{where}.dated") if data.get("dated") is not None else None,
        self_pay_price=_flag(data.get("self_pay_price", False), f"{where}.self_pay_price"),
    )


def _points(data: Any, where: str, vocabulary: Vocabulary, *, urgency: bool) -> PointRule:
    _keys(data, {"points", "reason", "when"}, where)
    points = data.get("points")
    if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= MOST_POINTS:
        raise Invalid(f"{where}.points is {points!r}", f"write a whole number from 1 to {MOST_POINTS}")
    reason = _text(data.get("reason"), f"{where}.reason", Vocabulary())
    refuse_words(reason, f"{where}.reason", "score")
    return PointRule(points, reason, _condition(data.get("when"), f"{where}.when", vocabulary, "score"), urgency)


def _asking(data: Any, where: str, vocabulary: Vocabulary) -> Asking:
    _keys(data, {"slot", "actions", "only_if"}, where)
    slot = data.get("slot")
    if vocabulary.on_demand is not None:
        _one_of(slot, vocabulary.on_demand, f"{where}.slot")
    condition = None
    if data.get("only_if") is not None:
        condition = _condition(data["only_if"], f"{where}.only_if", vocabulary, "rules")
        for name in condition.names() & fact_names().keys() - {SERVICE_AREA}:
            raise Invalid(
                f"{where}.only_if looks at {name!r}, which is not known while fields are asked for",
                f"look at fields of the action, or at {SERVICE_AREA}",
            )
    return Asking(str(slot), _actions(data.get("actions"), f"{where}.actions", vocabulary), condition)


def _are_needed(asks: Iterable[Asking], rules: Iterable[Rule]) -> None:
    """A patient is asked for nothing that decides nothing."""
    looked_at = {name for rule in rules for fact in rule.when.names() for name in (fact, slot_of().get(fact))}
    for asking in asks:
        if asking.slot not in looked_at:
            from_it = [fact for fact, slot in slot_of().items() if slot == asking.slot] or [asking.slot]
            raise Invalid(
                f"ask: {asking.slot!r} is asked for, but no rule looks at {' or '.join(from_it)}",
                "write the rule that needs it, or do not ask for it",
            )


def _condition(data: Any, where: str, vocabulary: Vocabulary, place: Any) -> Condition:
    condition = condition_from(data, where, vocabulary.facts())
    refuse_traits(condition, where, place)
    return condition


def _texts(data: Any, vocabulary: Vocabulary) -> dict[Outcome, Mapping[str, str]]:
    _keys(data, {outcome.value for outcome in Outcome}, "texts")
    return {Outcome(name): _wording(words, f"texts.{name}", vocabulary) for name, words in data.items()}


def _statements(data: Any) -> dict[str, Statement]:
    _keys(data, {"state_law", "clinic_policy"}, "referral_rules")
    return {name: _statement(said, f"referral_rules.{name}") for name, said in data.items() if said is not None}


def _statement(data: Any, where: str) -> Statement:
    _keys(data, {"needs_referral", "text", "source", "dated"}, where)
    needs = data.get("needs_referral")
    needs = {True: "yes", False: "no"}.get(needs, needs) if isinstance(needs, bool) else needs
    if not data.get("source") or not data.get("dated"):
        missing = "source" if not data.get("source") else "dated"
        raise Invalid(f"{where}.{missing} is {data.get(missing)!r}", "write who says so, and from when (YYYY-MM-DD)")
    return Statement(
        _one_of(needs, get_args(Needs), f"{where}.needs_referral"),
        _text(data.get("text"), f"{where}.text", Vocabulary(), needed=False),
        _text(data["source"], f"{where}.source", Vocabulary()),
        _day(data["dated"], f"{where}.dated"),
    )


def _wording(data: Any, where: str, vocabulary: Vocabulary) -> dict[str, str]:
    if data is None or data == {}:
        return {}
    if not isinstance(data, dict) or "en" not in data:
        raise Invalid(f"{where} is {data!r}", "write the sentence under the language codes, at least `en`")
    return {str(code): _text(text, f"{where}.{code}", vocabulary) for code, text in data.items()}


def _text(value: Any, where: str, vocabulary: Vocabulary, *, needed: bool = True) -> str:
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise Invalid(f"{where} is {value!r}", f"write a sentence of at most {LONGEST_TEXT} characters")
    try:
        named = placeholders(value)
    except ValueError as error:
        raise Invalid(f"{where} is {value!r}: {error}", "write {{ and }} for braces that are meant") from None
    known = vocabulary.facts()
    for name in named:
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or (known is not None and name not in known | _ALWAYS):
            _one_of(name, (known or set()) | _ALWAYS, f"{where} has the placeholder")
    return value


def _actions(value: Any, where: str, vocabulary: Vocabulary) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise Invalid(f"{where} is {value!r}", "list the names of actions, or leave it out for all")
    if vocabulary.actions is not None:
        for name in value:
            _one_of(name, vocabulary.actions, where)
    return frozenset(map(str, value))


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise Invalid(f"{where} is {value!r}", "write true or false")
    return value


def _day(value: Any, where: str) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(f"{where} is {value!r}", "write a day as YYYY-MM-DD") from None


def _listed(whole: Mapping[str, Any], part: str, most: int) -> list[Any]:
    value = whole[part]
    if not isinstance(value, list) or len(value) > most:
        raise Invalid(f"{part} is {value!r}"[:200], f"write a list of at most {most}")
    return value


def _keys(data: Any, known: Collection[str], where: str) -> None:
    if not isinstance(data, dict):
        raise Invalid(f"{where} is {data!r}", f"write {', '.join(sorted(known))}")
    for key in data:
        if key not in known:
            raise Invalid(f"{where} has the unknown key {key!r}", _remedy(key, known))


def _one_of(value: Any, known: Collection[Any], where: str) -> Any:
    if value not in known:
        raise Invalid(f"{where} is {value!r}", _remedy(value, known))
    return value


def _remedy(value: Any, known: Collection[Any]) -> str:
    close = get_close_matches(str(value), [str(one) for one in known], n=1, cutoff=0.6)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"use one of {', '.join(sorted(map(str, known)))}{hint}"
