"""A guest that says what a test wrote for it, in pieces of a few letters, and remembers what it was asked."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.llm.base import Failure, ModelFailed, OutputSchema, Prompt, Purpose


class ScriptedGuest:
    """`fails` ends the reply with that failure; `endless` says the words again and again."""

    def __init__(self, words: str, *, fails: Failure | None = None, endless: bool = False) -> None:
        self.words, self.fails, self.endless = words, fails, endless
        self.asked: list[Sequence[Prompt]] = []
        self.read = 0
        self.shown: list[bool] = []

    def stream(
        self, purpose: Purpose, prompts: Sequence[Prompt], *, max_tokens: int, shown: Any = None
    ) -> Iterator[str]:
        """As the protocol says."""
        assert (purpose, max_tokens > 0) == ("answer", True)
        self.asked.append(prompts)
        while True:
            for at in range(0, len(self.words), 5):
                self.read += len(self.words[at : at + 5])
                yield self.words[at : at + 5]
                self.shown.append(shown())
            if not self.endless:
                break
        if self.fails:
            raise ModelFailed(self.fails)

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """Nobody asks a wording for JSON."""
        raise AssertionError(f"{purpose}: {schema.name}, {len(prompts)} prompts, {max_tokens} tokens")

    @property
    def text(self) -> str:
        """All words of the last prompts."""
        return "\n".join("".join(part.text for part in prompt.parts) for prompt in self.asked[-1])
