"""What the desk asks of a language model, and how that may fail. A model proposes words; it decides nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

Purpose = Literal["understand", "answer", "exam", "trial"]
"""What a call is for; shown to staff in the egress log. A trial is one call with made-up words, asked for by staff."""
Role = Literal["system", "user", "assistant"]
Source = Literal["desk", "paper", "patient"]
"""Whose words a part is made of: the desk's own, a published paper's, or a patient's (which are redacted)."""


class Failure(StrEnum):
    """Why a call gave nothing that can be used. The values are stored and shown."""

    UNREACHABLE = "unreachable"
    LATE = "late"
    UNAUTHORIZED = "unauthorized"
    LIMITED = "limited"
    SERVER = "server"
    REFUSED = "refused"
    """Another 4xx, or the model's own refusal."""
    CUT = "cut"
    INVALID = "invalid"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    BUDGET = "budget"
    """The clinic's tokens of the day are used up; nothing was sent."""
    RESTING = "resting"
    """The server failed several times in a row and is left alone for a while; nothing was sent."""
    BUSY = "busy"
    """As many calls run as may at once; nothing was sent."""
    UNRECORDED = "unrecorded"
    """The record of what would leave could not be written, or its conversation is gone; nothing was sent."""


class ModelFailed(Exception):
    """The call gave nothing that can be used: go on without the model. The message holds no patient's words."""

    def __init__(self, failure: Failure, message: str = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(message or failure.value)
        self.failure = failure
        self.retry_after_s = retry_after_s
        """What the server asked to wait, if it did."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message, by whose words it is made of."""

    text: str
    source: Source = "desk"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One message of a call: `parts` are joined without anything between them."""

    role: Role
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class OutputSchema:
    """The JSON that is wanted: a name of letters, digits and _, and a JSON schema (closed objects, every property
    required, so that strict servers take it)."""

    name: str
    schema: Mapping[str, Any]


class Guest(Protocol):
    """One turn's leave to use the model, for one clinic: what it says is redacted, logged, counted and bounded in time.
    Safe to use from one thread at a time. Every method raises ModelFailed and nothing else."""

    def complete(self, purpose: Purpose, prompts: Sequence[Prompt], schema: OutputSchema, *, max_tokens: int) -> Any:
        """The parsed JSON value, valid by `schema`, with the patient's own words put back in every string."""
        ...

    def stream(
        self,
        purpose: Purpose,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int,
        shown: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """Pieces of the reply as they come, the patient's own words put back; no token of redaction is ever split.
        `shown` says whether somebody has read anything of it: until then the call may take LLM_FIRST_WORDS_S at most,
        without it the rest of the turn's time."""
        ...
