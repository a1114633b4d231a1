"""What understanding promises."""

from typing import Protocol

from app.dialogue.action import Catalogue
from app.dialogue.commands import Command
from app.dialogue.state import State


class Understanding(Protocol):
    """Turns a message into commands; never raises for any text, never decides."""

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[Command]:
        """Commands in canonical order: corrections and slots, then questions, then starts and cancels, then yes/no."""
        ...
