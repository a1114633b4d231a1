"""What an action is made of: data a clinic can write, not code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

COORDINATOR = "coordinator"


class When(Protocol):
    """A condition over slots, one of app/qualification/conditions.py. By this name, because the web framework looks
    into the types of all that a desk is made of, and knows no unions of dataclasses."""

    def truth(self, facts: Mapping[str, Any]) -> bool | None:
        """None while it is not settled."""
        ...

    def names(self) -> frozenset[str]:
        """The slots that it looks at."""
        ...


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One field of an action. `type` names a parser in `slots.PARSERS`; `ask`, `label` and `hint` map a language
    code to words. A slot that is not required may be skipped without a reason; every slot may be declined unless
    `declinable` is False (a way to reach the patient). `choices` are the values of a `choice` slot, `choice_words` what
    patients read for them per language, in the same order. `only_if` looks at slots before this one: unless it is true
    the slot is not asked for (nobody without insurance has a member ID)."""

    name: str
    type: str
    label: Mapping[str, str]
    ask: Mapping[str, str]
    required: bool = True
    declinable: bool = True
    choices: tuple[str, ...] = ()
    choice_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only_if: When | None = None

    def options(self, language: str) -> tuple[str, ...]:
        """The choices as patients of this language read them, in the order of `choices`."""
        return self.choice_words.get(language) or self.choices


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether everything is read back before it is sent, and the words around it; empty words mean the usual ones."""

    ask: bool = True
    opening: Mapping[str, str] = field(default_factory=dict)
    question: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """A flow: trigger examples and words per language, ordered slots, what is said at the beginning and the end, and
    who gets word of it: e-mail addresses, or `coordinator`. `offer` goes on from "I can". `version` tells this version
    from the others of the same clinic and name."""

    name: str
    title: Mapping[str, str]
    triggers: Mapping[str, tuple[str, ...]]
    slots: tuple[SlotSpec, ...]
    completed: Mapping[str, str] = field(default_factory=dict)
    started: Mapping[str, str] = field(default_factory=dict)
    offer: Mapping[str, str] = field(default_factory=dict)
    confirmation: Confirmation = Confirmation()
    destinations: tuple[str, ...] = (COORDINATOR,)
    version: str = "1"

    def slot(self, name: str) -> SlotSpec | None:
        """The spec of slot `name`, or None when this action has no such slot."""
        for spec in self.slots:  # asked dozens of times in a turn
            if spec.name == name:
                return spec
        return None


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
        for action in self.actions:
            if action.name == name:
                return action
        return None

    def spec(self, slot: str, first: str | None = None) -> SlotSpec | None:
        """How `slot` is read: by the action called `first` if it has the slot, else by the first action that does."""
        named = self.action(first) if first else None
        if named and (spec := named.slot(slot)):
            return spec
        for action in self.actions:
            if spec := action.slot(slot):
                return spec
        return None
