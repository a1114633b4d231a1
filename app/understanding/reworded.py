"""A correction that a language model points out, made of the patient's words and of what was given before."""

from app.dialogue import commands as c
from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.slots.fold import fold
from app.dialogue.state import State
from app.understanding.digits import NUMBERED, fragment, numbered
from app.understanding.plausible import plausible
from app.understanding.replacing import exchanged
from app.understanding.spelling import like_part

_NAMES = ("person_name", "provider")
_LISTS = ("reason", "text", "preferred_times")


def reworded(
    spec: SlotSpec, said: str, do: str, around: str, state: State, catalogue: Catalogue
) -> c.CorrectSlot | None:
    """The correction of a filled field by `said`, which stands in the words `around`: the part of it that `said` is
    like changes, where it is too little for the whole. None where neither gives a value."""
    if do == "remove":
        fits = spec.type == "preferred_times" and plausible(spec, said, state, catalogue)
        return c.CorrectSlot(spec.name, said, "except") if fits else None
    if do == "add" and spec.type in _LISTS:
        return c.CorrectSlot(spec.name, said, "also") if plausible(spec, said, state, catalogue) else None
    if spec.type in _NAMES and len(said.split()) < len(str(state.slots[spec.name].value).split()):
        return exchanged(around, state, [spec]) or like_part(said, state, [spec])
    if plausible(spec, said, state, catalogue):
        return c.CorrectSlot(spec.name, said)
    if spec.type in NUMBERED and numbered(state, [spec]):
        return fragment(fold(said), state, [spec])
    return None
