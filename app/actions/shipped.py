"""The actions that every clinic starts with."""

from functools import cache
from typing import Any

from app.actions.reading import action_from
from app.dialogue.action import Action
from app.dialogue.shipped import read_yaml

NAMES = ("referral", "callback", "appointment_request")
VERSION = "1"
"""What a clinic changes gets higher numbers."""


@cache
def shipped_actions() -> tuple[Action, ...]:
    """In the order in which a trigger that fits several is decided."""
    return tuple(action_from(shipped_document(name), VERSION) for name in NAMES)


def shipped_document(name: str) -> dict[str, Any]:
    """The data of a shipped action. Callers must not change it."""
    return read_yaml("app.actions", f"{name}.yaml")
