"""Who may use the install's language model, and within what bounds. A guest is one turn's leave for one clinic: it
hides who the patient is, has every request recorded before it leaves, counts tokens, waits no longer than the turn may
take, tries again where that helps, and puts the patient's own words back."""

import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

from app.clock import Clock
from app.errors import describe
from app.llm.base import Failure, ModelFailed, OutputSchema, Prompt, Purpose
from app.llm.breaker import Breaker
from app.llm.cleaning import clean
from app.llm.deadline import Deadline
from app.llm.egress import Request, Whereto
from app.llm.health import Health, Seconds, Tally
from app.llm.redaction import Kind, Vault
from app.settings import Settings
from app.store.queries.clinics import ClinicFacts
from app.store.session import Database

if TYPE_CHECKING:
    from app.llm.connection import Connect
    from app.llm.openai_compatible import Chat, Endpoint

log = logging.getLogger("frontdesk.model")
T = TypeVar("T")
MOST_TRIES = 3
LOOK_S = 10.0
MOST_AT_ONCE = 32
"""Calls that wait for the server, of all clinics: half of the threads that answer (app/web/pool.py), so that a slow
model never keeps everybody else waiting."""
_MOST_OF_BROKEN = 2
"""Of a server that answers with an error of its own: it hardly gets well within seconds."""
LONGEST_WAIT_S = 2.0
"""Of a server that asks to come back later; it is left alone when it asks for more."""
_FIRST_WAIT_S = 0.2
_LEAST_LEFT_S = 0.2
"""Another try with less than this is no use."""
_KEPT_BACK = (Failure.BUDGET, Failure.UNRECORDED)
_ROUTE = (Failure.UNREACHABLE, Failure.SERVER, Failure.UNAUTHORIZED, Failure.LIMITED, Failure.CUT, Failure.LATE)
"""These speak against the server, whatever was asked of it."""
_AGAIN = (Failure.UNREACHABLE, Failure.SERVER, Failure.CUT)


class Guests:
    """The install's model server; `connect` opens connections, `trusted` are the certificates that count (the system's
    without it). Safe to use from many threads."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        connect: "Connect",
        *,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self.settings, self.breaker = settings, Breaker()
        self._database, self._clock, self._connect, self._trusted = database, clock, connect, trusted
        self._tally = Tally()
        self._endpoint: Endpoint | None = None
        self._lock = threading.Lock()
        self._turns: WeakSet[TurnGuest] = WeakSet()
        self._stopped = False
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    @property
    def host(self) -> str:
        """Host and port of the server."""
        return urlsplit(self.settings.llm_base_url).netloc

    @property
    def model(self) -> str:
        """The model's name there."""
        return self.settings.llm_model

    @property
    def local(self) -> bool:
        """Whether the operator marked it as running on this machine."""
        return self.settings.llm_local

    @property
    def redacted(self) -> bool:
        """Whether patients' words are hidden from it."""
        return self.settings.llm_redaction == "on"

    def for_turn(
        self,
        clinic: ClinicFacts,
        *,
        conversation_id: str | None,
        known: Iterable[tuple[Kind, str]] = (),
        seconds: float | None = None,
    ) -> "TurnGuest | None":
        """Leave for one turn, which begins now and may take `seconds` (LLM_TURN_S without it). `known` is what the desk
        knows of the patient, to be hidden wherever it stands. None: this clinic does not use the model, or the desk
        is stopping."""
        if not clinic.model_on or self._stopped:
            return None
        limit = self.settings.llm_turn_s if seconds is None else seconds
        vault = Vault(known) if self.redacted else None
        turn = TurnGuest(self, clinic, conversation_id, vault, limit, time.monotonic() + limit)
        with self._lock:
            self._turns.add(turn)
        return turn

    def hurry(self, conversation_id: str) -> None:
        """The patient has typed more: the turn that is running waits for the model no longer. What was typed may be an
        emergency."""
        with self._lock:
            turns = [turn for turn in self._turns if turn.conversation_id == conversation_id]
        for turn in turns:
            turn.over.set()

    def stop(self) -> None:
        """The desk is stopping: nobody waits for the model any longer, and nothing more leaves."""
        self._stopped = True
        with self._lock:
            turns = list(self._turns)
        for turn in turns:
            turn.over.set()

    def health(self) -> Health:
        """How the server has done since the start."""
        with self._tally.lock:
            tally = self._tally
            return Health(
                self.host,
                self.model,
                self.local,
                self.redacted,
                tally.last_success,
                tally.last_failure,
                tally.last_failure_kind,
                tally.resting_since,
                tally.running,
                tally.requests,
                dict(tally.kept_back),
                tally.prompt_tokens,
                tally.completion_tokens,
                dict(tally.calls),
                Seconds(tuple(tally.seconds), tally.seconds_sum),
            )

    def models(self, seconds: float = LOOK_S) -> list[str] | None:
        """Names of the models that the server says it has, None where it does not say. Nothing of a patient or a clinic
        leaves for it. Raises ModelFailed."""
        return self.endpoint().models(time.monotonic() + seconds)

    def warm(self) -> None:
        """Loads what the first call needs, which takes a second; nothing is sent."""
        self.endpoint()

    def endpoint(self) -> "Endpoint":
        """The server, with what was learned about it."""
        with self._lock:
            if self._endpoint is None:
                from app.llm.connection import Line
                from app.llm.openai_compatible import Endpoint

                key = self.settings.llm_api_key
                line = Line(self._connect, key.get_secret_value() if key else "", self._trusted)
                self._endpoint = Endpoint(self.settings.llm_base_url.rstrip("/"), self.model, line)
            return self._endpoint

    def close(self) -> None:
        """Ends idle connections."""
        with self._lock:
            if self._endpoint is not None:
                self._endpoint.line.close()

    def request(self, clinic: ClinicFacts, conversation_id: str | None, purpose: Purpose, max_tokens: int) -> Request:
        """The record of one request that is about to leave."""
        whereto = Whereto(self.host, self.model, self.local, self.redacted)
        return Request(
            self._database,
            self._clock,
            whereto,
            clinic,
            conversation_id,
            purpose,
            max_tokens,
            self.settings.llm_tokens_per_day,
            self._tally,
        )

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the places for calls that run at once. Raises ModelFailed at once when none is free."""
        if not self._places.acquire(blocking=False):
            self._tally.kept(Failure.BUSY)
            raise ModelFailed(Failure.BUSY)
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def one_try(self, fair: Callable[[], bool]) -> Iterator[None]:
        """Around one try; `fair`, asked at its end: it had enough time to be the server's fault when it is late. Raises
        ModelFailed."""
        if not self.breaker.enter():
            self._tally.kept(Failure.RESTING)
            raise ModelFailed(Failure.RESTING)
        try:
            yield
        except ModelFailed as problem:
            self._report(problem, fair())
            raise
        except GeneratorExit:  # whoever listened has heard enough
            self.breaker.succeeded()
            self._tally.succeeded(self._clock())
            raise
        except Exception as problem:
            self.breaker.left()
            log.error("a model's reply could not be used: %s", describe(problem))
            raise ModelFailed(Failure.INVALID, type(problem).__name__) from None
        except BaseException:
            self.breaker.left()
            raise
        self.breaker.succeeded()
        self._tally.succeeded(self._clock())

    def _report(self, problem: ModelFailed, fair: bool) -> None:
        failure, wait = problem.failure, problem.retry_after_s or 0.0
        if failure in _KEPT_BACK:
            self.breaker.left()
            self._tally.kept(failure)
            return
        if wait > LONGEST_WAIT_S:
            self.breaker.rest(wait)
        elif failure == Failure.LATE and not fair:
            self.breaker.left()
        elif failure in _ROUTE:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
        self._tally.failed(failure, self._clock(), resting=self.breaker.resting)
        log.warning("the language model at %s failed: %s", self.host, failure.value)


@dataclass(eq=False)
class TurnGuest:
    """A `Guest`: see app.llm.base. Made by `Guests.for_turn`. Once `over` is set every call ends as if it were late."""

    _guests: Guests
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
                with self._guests.place(), self._guests.one_try(partial(self._fair, left >= limit / 2)):
                    for piece in ask(chat):
                        said = True
                        yield piece
                return
            except ModelFailed as problem:
                if shown is not None and problem.failure is Failure.LATE:  # nobody waits twice in one reply
                    self._deadline = time.monotonic()
                wait = _wait(problem, tried)
                if said or wait is None or time.monotonic() + wait + _LEAST_LEFT_S > deadline.at:
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


def _wait(problem: ModelFailed, tried: int) -> float | None:
    """Seconds until another try, or None when that is no use."""
    if tried + 1 >= (_MOST_OF_BROKEN if problem.failure == Failure.SERVER else MOST_TRIES):
        return None
    jitter = 0.5 + random.random()  # noqa: S311
    if problem.retry_after_s is not None:
        return problem.retry_after_s + _FIRST_WAIT_S * jitter if problem.retry_after_s <= LONGEST_WAIT_S else None
    return _FIRST_WAIT_S * 2**tried * jitter if problem.failure in _AGAIN else None
