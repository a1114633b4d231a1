"""The fields that rules of a clinic may ask for, beside those of the action."""

from collections.abc import Mapping
from functools import cache

from app.actions.checks import Checks
from app.actions.problems import NotAnAction
from app.actions.reading_slots import read_slots
from app.dialogue.action import SlotSpec
from app.dialogue.shipped import read_yaml


@cache
def on_demand() -> Mapping[str, SlotSpec]:
    """Name to field."""
    checks = Checks()
    specs = read_slots(checks, read_yaml("app.actions", "on_demand.yaml")["slots"], "on_demand.slots", reachable=False)
    if checks.problems:
        raise NotAnAction(checks.problems)
    return {spec.name: spec for spec in specs}
