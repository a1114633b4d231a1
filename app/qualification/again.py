"""decide_again: what other rules would have made of a request that was decided before."""

from collections.abc import Mapping
from typing import Any

from app.qualification.conditions import Condition
from app.qualification.facts import slot_of
from app.qualification.outcomes import Qualified
from app.qualification.rules import RuleSet, qualify


def decide_again(facts: Mapping[str, Any], rules: RuleSet) -> Qualified:
    """What these rules ask for, and nobody asked then, counts as not told: that is what a person would have to ask."""
    return qualify({**_never_asked(facts, rules), **facts}, rules)


def _never_asked(facts: Mapping[str, Any], rules: RuleSet) -> dict[str, Any]:
    if not facts.get("finished"):
        return {}
    asked = {
        asking.slot
        for asking in rules.asks
        if asking.is_for(facts.get("action")) and asking.slot not in facts and _would_ask(asking.only_if, facts)
    }
    derived = {fact for fact, slot in slot_of().items() if slot in asked}
    return dict.fromkeys(asked | derived)


def _would_ask(only_if: Condition | None, facts: Mapping[str, Any]) -> bool:
    return only_if is None or only_if.truth(facts) is True
