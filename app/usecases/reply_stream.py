"""What the patient sees of one reply while it forms. All texts that are sent, joined, are the reply."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from app.answering.base import Answer

Emit = Callable[[str, dict[str, Any]], None]
"""Gets each event of the reply while it forms: saved, delta, citation."""


class ReplyStream:
    """One reply's events; without `emit` nobody listens."""

    def __init__(self, emit: Emit = lambda _kind, _data: None) -> None:
        self._emit = emit
        self._begun = False

    def say(self, text: str, answers: Sequence[Answer] = ()) -> None:
        """Begins a paragraph with `text`, known to be grounded, and names the sources of `answers`."""
        self._emit("delta", {"text": f"\n\n{text}" if self._begun else text})
        self._begun = True
        self.sources(answers)

    def more(self, text: str) -> None:
        """Goes on with the paragraph."""
        self._emit("delta", {"text": text})

    def sources(self, answers: Sequence[Answer]) -> None:
        """Names where the paragraph's answers stand."""
        for answer in answers:
            for citation in answer.citations:
                self._emit("citation", asdict(citation))
