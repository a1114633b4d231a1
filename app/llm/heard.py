"""What has come back of one request so far, and what it cost: by the server's own figures as far as they are possible,
else by an estimate."""

from dataclasses import dataclass

from app.llm import budget
from app.llm.base import Failure
from app.llm.budget import Usage

_NOTHING = Usage(0, 0, True)
_UNTOUCHED = (Failure.UNREACHABLE, Failure.UNAUTHORIZED, Failure.LIMITED, Failure.SERVER, Failure.REFUSED)
"""The server did not work for these, so they cost nothing."""


@dataclass(slots=True)
class Heard:
    """`letters` are characters of the reply, `words` says whether any is more than a blank, `told` is what the server
    says that it used."""

    letters: int = 0
    words: bool = False
    told: Usage | None = None

    def add(self, piece: str) -> None:
        """One more piece of the reply."""
        self.letters += len(piece)
        self.words = self.words or not piece.isspace()

    def figures(self, prompt: object, completion: object, sent: int, max_tokens: int) -> None:
        """What the server says that it used for `sent` bytes; figures that say nothing of use change nothing."""
        self.told = budget.claimed(prompt, completion, sent, max_tokens) or self.told

    def cost(self, result: str, sent: int, max_tokens: int) -> Usage:
        """What the request used in the end, by its `result` ("ok" or a Failure's value)."""
        if self.told is not None:
            return self.told
        if result in _UNTOUCHED and not self.letters:
            return _NOTHING
        prompt = budget.estimate(sent)
        if result == Failure.LATE:  # it may have worked to the end
            return Usage(prompt, max_tokens, True)
        return Usage(prompt, min(budget.estimate(self.letters), max_tokens), True)
