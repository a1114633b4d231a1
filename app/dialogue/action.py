"""What an action is made of: data a clinic can write, not code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One field of an action. `type` names a parser in `slots.PARSERS`; `ask`, `label` and `hint` map a language
    code to words. A slot that is not required may be skipped without a reason; every slot may be declined unless
    `declinable` is False (a way to reach the patient). `choices` are the options of a `choice` slot. `pointless_with`
    names other slots and the values of theirs that make asking this one pointless, as does declining that other slot
    (nobody without insurance has a member ID)."""

    name: str
    type: str
    label: Mapping[str, str]
    ask: Mapping[str, str]
    required: bool = True
    declinable: bool = True
    choices: tuple[str, ...] = ()
    pointless_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """A flow: trigger examples and words per language, ordered slots, what is said at the beginning and the end."""

    name: str
    title: Mapping[str, str]
    triggers: Mapping[str, tuple[str, ...]]
    slots: tuple[SlotSpec, ...]
    completed: Mapping[str, str] = field(default_factory=dict)
    started: Mapping[str, str] = field(default_factory=dict)
    version: str = "1"

    def slot(self, name: str) -> SlotSpec | None:
        """The spec of slot `name`, or None when this action has no such slot."""
        return next((spec for spec in self.slots if spec.name == name), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The actions of one clinic, in order, and what parsing needs to know about it: `payers` are names and aliases
    the clinic's patients use: alias in lower case -> name. `languages` are those the clinic serves, the first is
    the default."""

    actions: Sequence[Action]
    payers: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ("en", "es")

    def action(self, name: str | None) -> Action | None:
        """The action called `name`, or None."""
        return next((action for action in self.actions if action.name == name), None)

    def spec(self, slot: str, first: str | None = None) -> SlotSpec | None:
        """How `slot` is read: by the action called `first` if it has the slot, else by the first action that does."""
        ordered = sorted(self.actions, key=lambda action: action.name != first)
        return next((spec for action in ordered if (spec := action.slot(slot))), None)
