"""What a message can mean. Understanding proposes these; nothing here has been checked yet."""

from dataclasses import dataclass
from typing import Literal

from app.dialogue.state import Caller


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """The patient asks the clinic something; `text` is that one question, able to stand alone. `said` is how it was put
    where that leans on what was said before, and `leans`, from 0 to 1, how much of it was left unsaid there."""

    text: str
    said: str = ""
    leans: float = 0.0


@dataclass(frozen=True, slots=True)
class StartAction:
    """The patient wants what an action does."""

    name: str


@dataclass(frozen=True, slots=True)
class SetSlot:
    """The patient gave a field. `said` is the patient's own words for it; parsing happens when deciding."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class CorrectSlot:
    """The patient replaces a field that was given, or adds to it or takes from it where it can hold several things.
    Empty `said`: only which field is wrong was told; it is asked again."""

    name: str
    said: str
    how: Literal["instead", "also", "except"] = "instead"


@dataclass(frozen=True, slots=True)
class KeepSlot:
    """The patient says that what was given before still holds ("same number as before"); `name` None means the field
    being asked."""

    name: str | None


@dataclass(frozen=True, slots=True)
class SkipSlot:
    """The patient will not or cannot give a field; `name` None means the one being asked."""

    name: str | None
    why: Literal["declined", "unknown"]


@dataclass(frozen=True, slots=True)
class Affirm:
    """Yes."""


@dataclass(frozen=True, slots=True)
class Deny:
    """No."""


@dataclass(frozen=True, slots=True)
class CancelAction:
    """The patient wants to stop what was started."""


@dataclass(frozen=True, slots=True)
class RequestHuman:
    """The patient wants a person."""


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """A greeting, thanks or goodbye: deserves a friendly word and changes nothing."""

    kind: Literal["greeting", "thanks", "goodbye", "pause", "back"]


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nothing was understood."""


@dataclass(frozen=True, slots=True)
class AskWhy:
    """The patient asks what the field that was just asked for is needed for."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """The patient wants every field forgotten and to begin again."""


@dataclass(frozen=True, slots=True)
class ResumeIntake:
    """After an emergency text: the patient says that it is none, or wants to go on."""


@dataclass(frozen=True, slots=True)
class Identify:
    """The writer told who they are. `said` is what they want in their own words, "" when the message says it by other
    commands."""

    caller: Caller
    said: str = ""


@dataclass(frozen=True, slots=True)
class UseLanguage:
    """The patient writes in another language than the desk used last; `code` is "en" or "es"."""

    code: str


Command = (
    AskQuestion
    | StartAction
    | SetSlot
    | CorrectSlot
    | KeepSlot
    | SkipSlot
    | Affirm
    | Deny
    | CancelAction
    | RequestHuman
    | AskWhy
    | SmallTalk
    | StartOver
    | ResumeIntake
    | UseLanguage
    | Identify
    | Unclear
)
