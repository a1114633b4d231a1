"""Corrections: "no, Aetna", "the last digit is 4", "it's Smyth, not Smith", "change my phone to ..."."""

import re

from app.dialogue.action import Catalogue
from app.dialogue.commands import CorrectSlot
from app.dialogue.slots.fold import fold
from app.dialogue.state import State
from app.understanding.digits import mended_number, tells_place
from app.understanding.fields import filled_specs
from app.understanding.lexicon import pattern
from app.understanding.replacing import exchanged, other_side
from app.understanding.spelling import mended_name, renewed_name, spelled_name, tells_name_part

_STARRED = re.compile(r"^\*+\s*\w|\w\s*\*+$")


def corrects(text: str) -> bool:
    """True when the words announce that something given was wrong."""
    return bool(pattern("correction").search(fold(text)) or _STARRED.search(text))


def tells_part(text: str) -> bool:
    """True when only a part of a value is told: a first name, the last digits, how something is spelled."""
    return tells_name_part(text) or tells_place(fold(text))


def exchanges(text: str, state: State, catalogue: Catalogue) -> bool:
    """True when the words name what was wrong in a value, and what is right."""
    return exchanged(text, state, filled_specs(state, catalogue)) is not None


def patched(text: str, state: State, catalogue: Catalogue) -> CorrectSlot | None:
    """A correction of part of a value: its digits, one of its words, a first or last name."""
    specs = filled_specs(state, catalogue)
    return (
        mended_number(fold(text), state, specs)
        or spelled_name(text, state, specs)
        or mended_name(text, state, specs)
        or (other_side(text, state, specs) if corrects(text) else None)
        or exchanged(text, state, specs)
    )


def renamed(text: str, state: State, catalogue: Catalogue) -> CorrectSlot | None:
    """Another name that shares a part with the one given."""
    return renewed_name(text, state, filled_specs(state, catalogue))
