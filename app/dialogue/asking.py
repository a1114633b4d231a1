"""Which slots of an action are to be asked for: those without a condition, or whose condition holds."""

from collections.abc import Mapping
from typing import Any

from app.dialogue.action import Action, When
from app.dialogue.state import Caller, SlotStatus, SlotValue
from app.qualification.conditions import Group, Leaf, unknown_facts

CALLER = "caller"
"""The fact of who is asking, one of `Caller`; conditions know it beside the slots."""
Slots = Mapping[str, SlotValue]


def applying(action: Action, slots: Slots, caller: Caller) -> frozenset[str]:
    """The names of the slots that apply, to whoever is asking."""
    facts: dict[str, Any] = {CALLER: caller.value}
    names = set()
    for spec in action.slots:
        applies = spec.only_if is None or _may_hold(spec.only_if, facts, slots)
        if applies:
            names.add(spec.name)
        if spec.name in slots:
            facts[spec.name] = slots[spec.name].value
        elif not applies:
            facts[spec.name] = None
    return frozenset(names)


def _may_hold(condition: When, facts: Mapping[str, Any], slots: Slots) -> bool:
    """A condition on a slot that was declined, or does not apply, cannot become true. One on a slot still to be asked
    for may, and so may one on a slot that the patient does not know: who forgot the doctor's name may know the rest."""
    holds = condition.truth(facts)
    if holds is not None:
        return holds
    unsure = (slots[name].status is SlotStatus.UNKNOWN for name in condition.names() if name in slots)
    waits = isinstance(condition, Leaf | Group) and bool(unknown_facts(condition, facts))
    return waits or any(unsure)
