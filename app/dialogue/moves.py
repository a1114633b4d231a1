"""What the desk does next. Deciding returns these in the order in which the patient will read them."""

from dataclasses import dataclass
from typing import Literal

from app.dialogue.state import Caller


@dataclass(frozen=True, slots=True)
class Answer:
    """Look the question up in the papers and answer or defer it; `said` and `leans` as in the command."""

    question: str
    said: str = ""
    leans: float = 0.0


@dataclass(frozen=True, slots=True)
class Noted:
    """Say briefly what was understood: the slots that this message filled. `asked` is the one that was asked for, whose
    value need not be repeated; `changed` are those that had another value before."""

    slots: tuple[str, ...]
    asked: str | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A field was withheld: say that this is all right."""


@dataclass(frozen=True, slots=True)
class Started:
    """Say what the desk is about to do, before its first question."""

    action: str


@dataclass(frozen=True, slots=True)
class Why:
    """Say what the field that was asked for is needed for."""

    slot: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A value could not be taken; `reason` is a key of the wording files. Said once; the desk then moves on or asks."""

    slot: str
    said: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for one slot of the active action."""

    slot: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """Read everything back and ask for a yes."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Submit the action with these slot values."""

    action: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The action was stopped at the patient's wish."""

    action: str


@dataclass(frozen=True, slots=True)
class HandOff:
    """Offer a person; `asked` when the patient asked for one."""

    asked: bool = True


@dataclass(frozen=True, slots=True)
class Rephrase:
    """Nothing was understood: ask for other words, and offer a person."""


@dataclass(frozen=True, slots=True)
class StillPaused:
    """Nothing was understood while the chat is paused after an emergency: say so again, and how to go on."""


@dataclass(frozen=True, slots=True)
class Friendly:
    """Return a greeting, thanks or goodbye."""

    kind: Literal["greeting", "thanks", "goodbye", "fine", "pause", "back"]


@dataclass(frozen=True, slots=True)
class AskChange:
    """The patient did not confirm: ask what should be different."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something was noted but nothing is under way: offer what the desk can do."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Said after the action was sent: it goes to staff as an addition to it. `words`: no field was made of it, the
    message goes on as it was typed."""

    words: bool = False


@dataclass(frozen=True, slots=True)
class StillNeeded:
    """A slot that cannot be declined was refused once: say why it is needed."""

    slot: str


@dataclass(frozen=True, slots=True)
class Lane:
    """Say what the desk can do for a caller who is no new patient."""

    caller: Caller


@dataclass(frozen=True, slots=True)
class Restarted:
    """Everything given so far was forgotten at the patient's wish."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Say the fixed text of `kind`, "911", "988" or "urgent" (a doctor today); nothing else is said in this turn."""

    kind: str


Move = (
    Answer
    | Noted
    | Skipped
    | Started
    | Why
    | Reject
    | StillNeeded
    | Ask
    | AskChange
    | Confirm
    | Complete
    | Cancelled
    | Restarted
    | Lane
    | HandOff
    | Offer
    | PassedOn
    | Rephrase
    | Friendly
    | StillPaused
    | Emergency
)

Question = Ask | AskChange | Confirm | Offer
