"""A desk without storage and papers: screen, understand, decide, phrase; every question is deferred."""

from datetime import date
from typing import Any

from app.actions.shipped import shipped_actions
from app.dialogue import moves as m
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide
from app.dialogue.emergency import screen
from app.dialogue.phrasing import ClinicWords, phrase, refusal
from app.dialogue.state import State
from app.dialogue.wording import wording
from app.understanding.rules import RulesUnderstanding

CLINIC = ClinicWords("Maple Street Physical Therapy", "703-555-0100")
PAYERS = {
    "cigna": "Cigna",
    "cigna ppo": "Cigna PPO",
    "aetna": "Aetna",
    "bcbs": "Blue Cross Blue Shield",
    "humana": "Humana",
}
TODAY = date(2026, 3, 2)


class DeskInMemory:
    """One conversation; `say` returns the contract's reply object."""

    def __init__(self, payers: dict[str, str] | None = None) -> None:
        self.state = State()
        self.catalogue = Catalogue(shipped_actions(), PAYERS if payers is None else payers)
        self.understanding = RulesUnderstanding()

    def say(self, text: str) -> dict[str, Any]:
        """Plays one turn."""
        hit = screen(text)
        before = self.state.with_(emergency=True) if hit else self.state
        commands = self.understanding.understand(text, before, self.catalogue)
        self.state, moves = decide(before, commands, self.catalogue, TODAY)
        if hit:
            moves = [m.Emergency(hit.number)]
        return self._done(moves)

    def _done(self, moves: list[m.Move]) -> dict[str, Any]:
        words = wording(self.state.language)
        parts = [phrase(move, self.state, self.catalogue, words, CLINIC, reference="K7M2PQR") for move in moves]
        answers = [
            {"kind": "refusal", "question": move.question, "text": refusal(words, CLINIC), "citations": []}
            for move in moves
            if isinstance(move, m.Answer)
        ]
        return {
            "reply": "\n".join(part for part in parts if part),
            "answers": answers,
            "action": self._action(),
            "emergency": self.state.emergency,
            "handoff": self.state.handoff,
            "moves": moves,
        }

    def _action(self) -> dict[str, Any] | None:
        if self.state.action is None or self.state.status is None:
            return None
        slots = {name: slot.value for name, slot in self.state.slots.items()}
        return {
            "name": self.state.action,
            "status": self.state.status.value,
            "slots": slots,
            "asking": self.state.asking,
        }
