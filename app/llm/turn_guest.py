"""One turn's leave for one clinic to use the model: it hides who the patient is, waits no longer than the turn may
take, tries again where that helps, and puts the patient's own words back."""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from app.llm.base import Failure, ModelFailed, OutputSchema, Prompt, Purpose
from app.llm.cleaning import clean
from app.llm.deadline import Deadline
from app.llm.redaction import Vault
from app.llm.retrying import LEAST_LEFT_S, MOST_TRIES, wait_s
from app.store.queries.clinics import ClinicFacts

if TYPE_CHECKING:
    from app.llm.guests import Guests
    from app.llm.openai_compatible import Chat

T = TypeVar("T")


@dataclass(eq=False)
class TurnGuest:
    """A `Guest`: see app.llm.base. Made by `Guests.for_turn`. Once `over` is set every call ends as if it were late."""

    _guests: "Guests"
    _clinic: ClinicFacts
    conversation_id: str | None
    _vault: Vault | None
    _limit: float
    _deadline: float
    over: threading.Event = field(default_factory=threading.Event)

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """The value, by the schema, with the patient's own words in it. Raises ModelFailed."""
        endpoint = self._guests.endpoint()
        (value,) = self._tries(purpose, prompts, max_tokens, lambda chat: iter((endpoint.value(chat, schema),)))
        return self._shown(value)

    def stream(
        self,
        purpose: Purpose,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shown: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """Pieces of the reply, with the patient's own words. Raises ModelFailed, also after pieces: LATE too when
        `shown` is False for LLM_FIRST_WORDS_S."""
        pieces = self._tries(purpose, prompts, max_tokens, self._guests.endpoint().text, shown)
        try:
            yield from self._vault.show_stream(pieces) if self._vault else pieces
        finally:
            pieces.close()

    def _tries(
        self,
        purpose: Purpose,
        prompts: Sequence[Prompt],
        max_tokens: int,
        ask: "Callable[[Chat], Iterator[T]]",
        shown: Callable[[], bool] | None = None,
    ) -> Generator[T, None, None]:
        limit = self._patience(purpose, shown)
        deadline = Deadline(self._deadline, time.monotonic() + limit, shown or _never, self.over)
        chat = self._chat(purpose, prompts, max_tokens, deadline)
        for tried in range(MOST_TRIES):
            if self.over.is_set():
                raise ModelFailed(Failure.LATE)
            said = False
            left = deadline.at - time.monotonic()
            try:
                with self._guests.gate.one_try(partial(self._fair, left >= limit / 2)):
                    for piece in ask(chat):
                        said = True
                        yield piece
                return
            except ModelFailed as problem:
                if shown is not None and problem.failure is Failure.LATE:  # nobody waits twice in one reply
                    self._deadline = time.monotonic()
                wait = wait_s(problem, tried)
                if said or wait is None or time.monotonic() + wait + LEAST_LEFT_S > deadline.at:
                    raise
            self.over.wait(wait)

    def _fair(self, time_enough: bool) -> bool:
        return time_enough and not self.over.is_set()

    def _patience(self, purpose: Purpose, shown: Callable[[], bool] | None) -> float:
        """Seconds for one call while nobody has read anything of it."""
        settings = self._guests.settings
        if shown is not None:
            return min(self._limit, settings.llm_first_words_s)
        return min(self._limit, settings.llm_understand_s) if purpose in ("understand", "exam") else self._limit

    def _chat(self, purpose: Purpose, prompts: Sequence[Prompt], max_tokens: int, deadline: Deadline) -> "Chat":
        from app.llm.openai_compatible import Chat

        messages = [{"role": prompt.role, "content": self._hidden(prompt)} for prompt in prompts]
        return Chat(
            messages,
            max_tokens,
            deadline,
            lambda: self._guests.request(self._clinic, self.conversation_id, purpose, max_tokens),
        )

    def _hidden(self, prompt: Prompt) -> str:
        """Papers and the desk's own sentences stay as they are: their phone numbers are what the patient asks for."""
        vault = self._vault
        return "".join(
            vault.hide(part.text) if vault and part.source == "patient" else part.text for part in prompt.parts
        )

    def _shown(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._vault.show(clean(value)) if self._vault else clean(value)
        if isinstance(value, list):
            return [self._shown(one) for one in value]
        if isinstance(value, dict):
            return {name: self._shown(one) for name, one in value.items()}
        return value


def _never() -> bool:
    return False
