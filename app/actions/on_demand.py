"""The fields that rules of a clinic may ask for, beside those of the action."""

from collections.abc import Mapping
from functools import cache

from app.actions.shipped import action_from
from app.dialogue.action import SlotSpec
from app.dialogue.shipped import read_yaml


@cache
def on_demand() -> Mapping[str, SlotSpec]:
    """Name to field."""
    return {spec.name: spec for spec in action_from(read_yaml("app.actions", "on_demand.yaml")).slots}
