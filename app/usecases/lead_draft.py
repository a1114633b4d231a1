"""draft_lead: what staff should know of a conversation at the end of a turn, worked out before anything is written."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.dialogue.action import Action, Catalogue
from app.dialogue.decide import CALLBACK, missing
from app.dialogue.moves import Cancelled, Complete, Move, PassedOn, Restarted
from app.dialogue.phrasing import next_step
from app.dialogue.slots import PARSERS, ParseContext, Parsed
from app.dialogue.state import ActionStatus, SlotStatus, SlotValue, State
from app.dialogue.wording import wording
from app.errors import describe
from app.usecases.qualify import Qualification

log = logging.getLogger("frontdesk.turn")

REACHES = ("contact", "phone", "email")
"""Types of slots by which a patient can be reached."""
_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """`before` are the fields as they were before the turn, `reached_by` names those that hold a way to reach the
    patient. `unreachable`: the action is done, but its way to reach the patient is missing. `open`: an action is under
    way. `promised` is (English, as said), what the desk said will happen. `note` are words for staff that no field was
    made of. `payer` is what the rows say about the insurance, None when nothing new was asked of them; `qualification`
    what the clinic's rules make of it, None when nobody asked them."""

    action: str
    action_version: str
    slots: Mapping[str, SlotValue]
    before: Mapping[str, SlotValue]
    missing: tuple[str, ...]
    caller: str
    language: str
    reached_by: tuple[str, ...]
    unreachable: bool = False
    open: bool = False
    stopped: bool = False
    forgotten: bool = False
    promised: tuple[str, str] | None = None
    payer: Mapping[str, Any] | None = None
    qualification: Qualification | None = None
    note: str = ""

    @property
    def reachable(self) -> bool:
        """Whether a person could call or write."""
        return bool(self.reached_by)

    @property
    def gives_contact(self) -> bool:
        """Whether this very turn told a way to reach the patient, or another one."""
        return not set(self.reached_by).isdisjoint(self.changed())

    def changed(self) -> list[str]:
        """Names of the fields that have another value than before the turn, new ones among them."""
        old = {name: (slot.status, slot.value) for name, slot in self.before.items()}
        return [name for name, slot in self.slots.items() if old.get(name) != (slot.status, slot.value)]


def draft_lead(before: State, after: State, moves: Sequence[Move], catalogue: Catalogue, text: str = "") -> LeadDraft:
    """The draft, without the payer's verdict, which needs the clinic's rows. `text` is the patient's message."""
    action = catalogue.action(after.action) or catalogue.action(CALLBACK)
    completed = next((catalogue.action(move.action) for move in moves if isinstance(move, Complete)), None)
    lacking = tuple(missing(after, action)) if action else ()
    unreachable = action is not None and any(not spec.declinable for spec in action.slots if spec.name in lacking)
    return LeadDraft(
        action=action.name if action else CALLBACK,
        action_version=after.action_version or (action.version if action else "1"),
        slots=after.slots,
        before=before.slots,
        missing=lacking,
        caller=after.caller.value,
        language=after.language,
        reached_by=_reached_by(after, catalogue),
        unreachable=unreachable,
        open=after.status in _OPEN,
        stopped=any(isinstance(move, Cancelled) for move in moves),
        forgotten=any(isinstance(move, Restarted) for move in moves),
        promised=_promised(completed, after) if completed and not unreachable else None,
        note=text if PassedOn(words=True) in moves else "",
    )


def salvage(actions: Catalogue, state: State, text: str) -> LeadDraft | None:
    """The draft of a turn that failed: what was known, and the number or address that its words hold. Never raises."""
    try:
        draft = draft_lead(state, state, (), actions)
        read = PARSERS["contact"](text, ParseContext(date.min))
        if draft.reachable or not isinstance(read, Parsed):
            return draft
        found = SlotValue(SlotStatus.FILLED, read.value, text)
        left = tuple(name for name in draft.missing if name != "contact")
        return replace(draft, slots={**draft.slots, "contact": found}, missing=left, reached_by=("contact",))
    except Exception as problem:
        log.error("nothing could be salvaged: %s", describe(problem))
        return None


def _reached_by(state: State, catalogue: Catalogue) -> tuple[str, ...]:
    filled = [name for name, slot in state.slots.items() if slot.status is SlotStatus.FILLED]
    specs = {name: catalogue.spec(name, state.action) for name in filled}
    return tuple(name for name, spec in specs.items() if spec is not None and spec.type in REACHES)


def _promised(action: Action, state: State) -> tuple[str, str]:
    return next_step(action, state.caller, wording("en")), next_step(action, state.caller, wording(state.language))
