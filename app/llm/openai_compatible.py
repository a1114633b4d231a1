"""One OpenAI-compatible server, through the `openai` client. It learns what the server takes, because they differ: a
parameter that is refused is left out from then on, and JSON is asked for in the best form that works. Imported only
when a model is used, since `openai` costs more than a second."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from app.llm.base import Failure, ModelFailed, OutputSchema
from app.llm.budget import Usage
from app.llm.cleaning import clean, without_thoughts
from app.llm.connection import Bounds, Line
from app.llm.deadline import Deadline
from app.llm.egress import OK
from app.llm.forms import FORMS, Message, NotByTheSchema, asked_in, value_in, with_schema
from app.llm.heard import Heard
from app.llm.statuses import failed_with
from app.llm.taken import Learned, Taken

for _name in ("openai", "httpx2", "httpcore2"):  # some versions write at "debug" what is sent
    logging.getLogger(_name).setLevel(logging.CRITICAL)
log = logging.getLogger("frontdesk.model")

MOST_ADAPTING = 8
"""Requests in one call that only find out what the server takes."""
_BYTES_PER_TOKEN = 2048
"""Of a streamed reply: each token comes in an event of some hundred bytes."""
_BYTES_AROUND = 256 * 1024
_LETTERS_PER_TOKEN = 24
_LONGEST_LIST_BYTES = 8 * 1024 * 1024
_NO_LIST = (Failure.REFUSED, Failure.INVALID, Failure.TOO_LONG)


class Sending(Protocol):
    """The record of one request: see app.llm.egress.Request."""

    max_tokens: int
    sent: int

    def leaving(self, body: bytes) -> None: ...
    def ended(self, result: str, usage: Usage) -> None: ...


@dataclass(frozen=True, slots=True)
class Chat:
    """One call: its messages, when it must be over, and what makes the record of each request."""

    messages: Sequence[Message]
    max_tokens: int
    deadline: Deadline
    sending: Callable[[], Sending]


class _NotTaken(Exception):
    """The server refused the request's shape (400, 422), or broke over it (5xx, `broke`)."""

    def __init__(self, text: str, failed: ModelFailed, *, broke: bool = False) -> None:
        super().__init__()
        self.text, self.failed, self.broke = text, failed, broke


@dataclass(slots=True)
class Endpoint:
    """Safe to use from many threads."""

    base_url: str
    model: str
    line: Line
    learned: Learned = field(default_factory=Learned)

    def value(self, chat: Chat, schema: OutputSchema) -> Any:
        """A JSON value that is valid by the schema. Raises ModelFailed."""

        def ask(taken: Taken, broke: bool) -> Any:
            form = FORMS[taken.form]
            messages = with_schema(form, chat.messages, schema)
            with self._request(chat) as (client, sending, heard):
                reply = client.chat.completions.create(
                    **self._parameters(taken, messages, chat), **asked_in(form, schema)
                )
                self.learned.works(taken, broke=broke)
                _figures(reply, sending, heard)
                return self._value_of(reply, taken, schema)

        return self._adapting(ask)

    def text(self, chat: Chat) -> Iterator[str]:
        """Pieces of a reply as they come. Raises ModelFailed, also after pieces: CUT without a proper end, TOO_LONG at
        the limit."""
        taken, tries = self.learned.taken, 0
        while True:
            try:
                yield from without_thoughts(self._pieces(chat, taken))
                return
            except _NotTaken as refused:
                taken, tries = _other(taken, refused, tries, streamed=True, schema=False), tries + 1

    def _pieces(self, chat: Chat, taken: Taken) -> Iterator[str]:
        asked = self._parameters(taken, chat.messages, chat)
        if taken.usage_in_stream:
            asked["stream_options"] = {"include_usage": True}
        with self._request(chat) as (client, sending, heard):
            stream: openai.Stream[ChatCompletionChunk] = client.chat.completions.create(stream=True, **asked)
            self.learned.works(taken)
            finish, called = None, False
            with stream:
                for event in stream:
                    _figures(event, sending, heard)
                    if not event.choices:
                        continue
                    choice = event.choices[0]
                    finish = choice.finish_reason or finish
                    called = called or bool(choice.delta.tool_calls)
                    if choice.delta.refusal:
                        raise ModelFailed(Failure.REFUSED, "the model refused")
                    if piece := clean(choice.delta.content or ""):
                        heard.add(piece)
                        if heard.letters > chat.max_tokens * _LETTERS_PER_TOKEN:
                            raise ModelFailed(Failure.TOO_LONG)
                        yield piece
            _check_end(finish, heard, called)

    def _value_of(self, reply: ChatCompletion, taken: Taken, schema: OutputSchema) -> Any:
        if not getattr(reply, "choices", None):
            raise ModelFailed(Failure.SERVER if getattr(reply, "error", None) else Failure.INVALID, "no choices")
        message, finish = reply.choices[0].message, reply.choices[0].finish_reason
        if message.refusal or finish == "content_filter":
            raise ModelFailed(Failure.REFUSED, "the model refused")
        calls = message.tool_calls or []
        functions = [getattr(call, "function", None) for call in calls]
        texts = [one.arguments for one in functions if one is not None and one.name == schema.name]
        if functions and not texts and not message.content:
            raise ModelFailed(Failure.INVALID, "it called a tool that nobody offered")
        text = texts[0] if texts else "".join(without_thoughts([message.content or ""]))
        try:
            value = value_in(text, schema)
        except NotByTheSchema as problem:
            if finish == "length":
                raise ModelFailed(Failure.TOO_LONG, "cut at the limit of tokens") from None
            self.learned.not_read(taken, json_found=problem.found)
            raise
        self.learned.read()
        return value

    def _adapting(self, ask: Callable[[Taken, bool], Any]) -> Any:
        taken, tries, broke = self.learned.taken, 0, False
        while True:
            try:
                return ask(taken, broke)
            except _NotTaken as refused:
                if refused.broke and (broke or taken.form + 1 >= len(FORMS)):
                    raise refused.failed from None
                if refused.broke:
                    broke, taken = True, replace(taken, form=taken.form + 1)
                    continue
                taken, tries = _other(taken, refused, tries, streamed=False, schema=True), tries + 1

    def _parameters(self, taken: Taken, messages: Sequence[Message], chat: Chat) -> dict[str, Any]:
        limit = "max_completion_tokens" if taken.newer_limit else "max_tokens"
        found: dict[str, Any] = {"model": self.model, "messages": list(messages), limit: chat.max_tokens}
        if taken.temperature:
            found["temperature"] = 0
        if taken.repeat_penalty:
            found["extra_body"] = {"repeat_penalty": 1.0}
        return found

    @contextmanager
    def _request(self, chat: Chat) -> Iterator[tuple[openai.OpenAI, Sending, Heard]]:
        """A client for one request whose end is recorded, whatever it is. Raises ModelFailed or _NotTaken."""
        sending, heard, result = chat.sending(), Heard(), Failure.INVALID.value
        most = _BYTES_AROUND + chat.max_tokens * _BYTES_PER_TOKEN
        bounds = Bounds(chat.deadline, most, sending.leaving)
        try:
            yield self._client(bounds), sending, heard
            result = OK
        except GeneratorExit:  # whoever listened has heard enough
            result = OK
            raise
        except ModelFailed as failed:
            result = failed.failure.value
            raise
        except Exception as problem:
            outcome = _failed(problem)
            result = outcome.failure.value
            if isinstance(problem, openai.BadRequestError | openai.UnprocessableEntityError):
                raise _NotTaken(_error_text(problem), outcome) from None
            if isinstance(problem, openai.InternalServerError):
                raise _NotTaken("", outcome, broke=True) from None
            raise outcome from None
        finally:
            sending.ended(result, heard.cost(result, sending.sent, sending.max_tokens))

    def models(self, deadline: float) -> list[str] | None:
        """Names of the server's models, None where it does not say (not every server does). Raises ModelFailed."""
        client = self._client(Bounds(Deadline(deadline), _LONGEST_LIST_BYTES, lambda _body: None))
        try:
            return [str(one.id) for one in client.models.list().data]
        except Exception as problem:
            failed = problem if isinstance(problem, ModelFailed) else _failed(problem)
            if failed.failure in _NO_LIST:
                return None
            raise failed from None

    def _client(self, bounds: Bounds) -> openai.OpenAI:
        return openai.OpenAI(
            base_url=self.base_url,
            api_key="the line adds it",
            organization="",
            project="",
            max_retries=0,
            timeout=None,
            http_client=self.line.client(bounds),
        )


def _other(taken: Taken, refused: _NotTaken, tries: int, *, streamed: bool, schema: bool) -> Taken:
    found = None if refused.broke else taken.without(refused.text, streamed=streamed, schema=schema)
    if found is None or tries >= MOST_ADAPTING:
        raise refused.failed from None
    return found


def _check_end(finish: str | None, heard: Heard, called: bool) -> None:
    if finish is None:
        raise ModelFailed(Failure.CUT, "the reply has no end")
    if finish == "content_filter":
        raise ModelFailed(Failure.REFUSED, "the model refused")
    if not heard.words:
        raise ModelFailed(Failure.INVALID if called else Failure.EMPTY)
    if finish == "length":
        raise ModelFailed(Failure.TOO_LONG, "cut at the limit of tokens")


def _failed(problem: Exception) -> ModelFailed:
    """Never with the server's words: they may repeat a patient's."""
    if isinstance(problem, openai.APIStatusError):
        return failed_with(problem.status_code, problem.response.headers)
    if isinstance(problem, openai.APITimeoutError):
        return ModelFailed(Failure.LATE)
    if isinstance(problem, openai.APIConnectionError):
        return ModelFailed(Failure.UNREACHABLE)
    if type(problem) is openai.APIError:  # an error that the server sent as an event
        return ModelFailed(Failure.SERVER, "an error in the stream")
    return ModelFailed(Failure.INVALID, type(problem).__name__)


def _error_text(problem: openai.APIStatusError) -> str:
    return str(problem.body).lower()[:5000]


def _figures(reply: Any, sending: Sending, heard: Heard) -> None:
    usage = getattr(reply, "usage", None)
    prompt, completion = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    heard.figures(prompt, completion, sending.sent, sending.max_tokens)
