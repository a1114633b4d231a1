"""What a scripted model server does with one request: says something in the shape of OpenAI's API, or goes wrong."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from tests.llm.wire import Behaviour, Line

Where = Literal["before_headers", "after_headers", "middle"]


def say(words: Any, *, finish: str = "stop", usage: Mapping[str, int] | None = None, pause_s: float = 0.0) -> Behaviour:
    """A reply of `words` (other values become JSON), in the form that was asked for: where a tool is forced, its call.
    `usage` is what the server claims; None: an honest count of words."""
    text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)

    def reply(line: Line) -> None:
        tools = line.asked.body.get("tools")
        if tools and not isinstance(words, str):
            call(tools[0]["function"]["name"], words, usage=usage)(line)
            return
        _send(line, [{"content": piece} for piece in pieces(text)], {"content": text}, finish, usage, pause_s)

    return reply


def call(name: str, arguments: Any, *, usage: Mapping[str, int] | None = None, repeats_name: bool = False) -> Behaviour:
    """A tool call. `repeats_name` sends the name in every delta, as llama-cpp-python's server does."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)

    def reply(line: Line) -> None:
        deltas = []
        for n, piece in enumerate(pieces(text)):
            function = {"arguments": piece} | ({"name": name} if repeats_name or n == 0 else {})
            about = {"id": "call_1", "type": "function"} if n == 0 else {}
            deltas.append({"tool_calls": [{"index": 0, "function": function} | about]})
        whole = {
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": name, "arguments": text}}],
        }
        _send(line, deltas, whole, "tool_calls", usage, 0.0)

    return reply


def status(code: int, message: str = "no", headers: Mapping[str, str] | None = None) -> Behaviour:
    """An error in OpenAI's shape."""
    return lambda line: line.json({"error": {"message": message, "type": "error"}}, code, dict(headers or {}))


def raw(data: bytes, content_type: str = "application/json") -> Behaviour:
    """A 200 with exactly these bytes."""
    return lambda line: line.whole(data, 200, {"Content-Type": content_type})


def redirect(url: str, code: int = 307) -> Behaviour:
    """Somewhere else, please."""
    return lambda line: line.whole(b"", code, {"Location": url})


def stall(where: Where, words: str = "The first visit takes an hour. Then") -> Behaviour:
    """Hangs until the server ends."""

    def reply(line: Line) -> None:
        if where == "before_headers":
            line.hang()
            return
        if line.asked.streamed:
            line.start_events()
            if where == "middle":
                for piece in pieces(words):
                    line.event(delta({"content": piece}))
        else:
            line.head(200, {"Content-Type": "application/json", "Content-Length": "9999"})
            if where == "middle":
                line.write(b'{"id": "x", "choices": [{"message": {"role": "assistant", "content": "The first')
        line.hang()

    return reply


def trickle(every_s: float, *, head_too: bool = False) -> Behaviour:
    """A byte now and then, for ever: each read succeeds, the reply never ends."""

    def reply(line: Line) -> None:
        if head_too:
            line.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not line.hang(every_s):
                line.write(b"x")
            return
        kind = "text/event-stream" if line.asked.streamed else "application/json"
        line.head(200, {"Content-Type": kind, "Transfer-Encoding": "chunked"})
        while not line.hang(every_s):
            line.chunk(b":" if line.asked.streamed else b" ")

    return reply


def cut(words: str = "The first visit takes an hour. Then you", *, politely: bool = False) -> Behaviour:
    """Ends in the middle of a reply. `politely`: the body ends in order, but no last event was sent."""

    def reply(line: Line) -> None:
        if line.asked.streamed:
            line.start_events()
            for piece in pieces(words):
                line.event(delta({"content": piece}))
            if politely:
                line.chunk(b"")
                return
        elif politely:
            line.whole(b'{"id": "x", "choices": [{"message": {"content": "The', 200, {})
            return
        else:
            line.head(200, {"Content-Type": "application/json", "Content-Length": "9999"})
            line.write(b'{"id": "x", "choices": [{"message": {"role": "assistant", "content": "The first')
        line.cut()

    return reply


def babble(words: str = "and so on and so forth ") -> Behaviour:
    """Never ends, as fast as it can."""

    def reply(line: Line) -> None:
        if line.asked.streamed:
            line.start_events()
            while not line.hang(0):
                line.event(delta({"content": words}))
            return
        line.head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        line.chunk(b'{"id": "x", "choices": [{"index": 0, "message": {"role": "assistant", "content": "')
        while not line.hang(0):
            line.chunk(words.encode() * 100)

    return reply


def delta(change: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    """One event of a stream."""
    choice = {"index": 0, "delta": dict(change), "finish_reason": finish}
    return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}


def pieces(text: str) -> list[str]:
    """A text cut as models cut it: a word with the blank before it."""
    return re.findall(r"\s*\S+|\s+$", text)


def _send(
    line: Line,
    deltas: list[dict[str, Any]],
    whole: dict[str, Any],
    finish: str,
    usage: Mapping[str, int] | None,
    pause_s: float,
) -> None:
    told = dict(usage) if usage is not None else _usage(line, len(deltas))
    if not line.asked.streamed:
        choice = {"index": 0, "message": {"role": "assistant"} | whole, "finish_reason": finish}
        line.json(
            {"id": "x", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}
            | ({"usage": told} if told else {})
        )
        return
    line.start_events()
    for event in _events(deltas, finish):
        line.event(event)
        if pause_s and line.hang(pause_s):
            return
    if told and (line.asked.body.get("stream_options") or {}).get("include_usage"):
        line.event(delta({}) | {"choices": [], "usage": told})
    line.end_events()


def _events(deltas: list[dict[str, Any]], finish: str) -> Iterator[dict[str, Any]]:
    yield delta({"role": "assistant", "content": ""})
    for change in deltas:
        yield delta(change)
    yield delta({}, finish)


def _usage(line: Line, written: int) -> dict[str, int]:
    read = len(line.asked.text.split())
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
