"""A first name alone: the last name is asked for once, and who has only one name, or tells no other, is believed."""

import re

from rapidfuzz import fuzz

from app.dialogue import moves as m
from app.dialogue.action import SlotSpec
from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import PARTICLES
from app.dialogue.state import SlotStatus, SlotValue, State

REASON = "name_half"
_ONE_WORD = re.compile(r"[A-Za-zÀ-ɏ'’.-]+")
_SAME = 75
"""Likeness from which on a second word is the first one again, spelled better."""


def is_half(spec: SlotSpec, value: object) -> bool:
    """True for one word where the name of a person is wanted. Scripts without spaces write a whole name as one."""
    return spec.type == "person_name" and isinstance(value, str) and bool(_ONE_WORD.fullmatch(value))


def noted(said: str, value: str) -> SlotValue:
    """How a first name waits in `State.former` for the last one."""
    return SlotValue(SlotStatus.UNKNOWN, value, said)


def waiting(state: State, name: str) -> SlotValue | None:
    """The first name that waits, as it will be kept; None where none does."""
    half = state.former.get(name)
    if half is None or half.status is not SlotStatus.UNKNOWN or name in state.slots:
        return None
    return SlotValue(SlotStatus.FILLED, half.value, half.said)


def taken(state: State) -> State:
    """The state with first names that wait as the whole names."""
    halves = {name: half for name in state.former if (half := waiting(state, name))}
    return state.with_(slots={**state.slots, **halves}) if halves else state


def asks(move: m.Move) -> bool:
    """True for the move that asks for the last name."""
    return isinstance(move, m.Reject) and move.reason == REASON


def completed(half: SlotValue, given: SlotValue) -> SlotValue:
    """The whole name: both parts where only the last one is told now."""
    first, last = str(half.value), str(given.value)
    words = last.split()
    alone = len(words) == 1 or fold(words[0]) in PARTICLES
    if not alone or fuzz.ratio(fold(first), fold(last)) >= _SAME:
        return given
    return SlotValue(SlotStatus.FILLED, f"{first} {last}", f"{half.said} {given.said}")
