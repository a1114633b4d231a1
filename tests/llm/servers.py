"""Model servers by name, good and bad: each is a script for `model_server`. Tests of any part of the desk may use them:

    with model_server(liar()) as server:
        desk_at_rest(folder, llm_base_url=server.base_url, llm_model="scripted")

By hand: python -m tests.llm.servers liar
"""

import re
import sys
import threading
from collections.abc import Callable, Mapping
from itertools import cycle
from typing import Any

from tests.llm import replies
from tests.llm.replies import babble, call, cut, raw, redirect, say, stall, status, trickle
from tests.llm.wire import Asked, Behaviour, Line, ModelServer, Script, model_server, nobody_listens

__all__ = [
    "Asked", "Behaviour", "Line", "ModelServer", "Script", "babble", "call", "cut", "liar", "model_server",
    "nobody_listens", "obeyer", "raw", "redirect", "replies", "say", "stall", "status", "trickle", "value_for",
]  # fmt: skip

LIES = (
    "Yes, we accept every insurance plan, including Medicaid and Kaiser.",
    "A first visit costs $45 and later visits are free.",
    "We are open on Sundays from 8 am to 8 pm.",
    "You do not need a referral from a doctor.",
    "Call us at 212-555-0199 or write to help@lies.example.",
    "You can book at https://booking.lies.example/now.",
    "Dr. Amelia Stone will see you tomorrow at 9 am.",
    "Sí, aceptamos todos los seguros y la primera visita es gratis.",
)
LIED_VALUES = ("John Doe", "123-456-7890", "XYZ Insurance", "2001-01-01", "john.doe@lies.example", "A1B2C3D4")
_TOKEN = r"NAME|PHONE|EMAIL|MEMBER_ID|BIRTH_DATE|ADDRESS|NUMBER"


def always(behaviour: Behaviour) -> Script:
    """The same for every request."""
    return lambda _: behaviour


def in_turn(*behaviours: Behaviour) -> Script:
    """One after the other, by the order of the requests; the last stays."""
    return lambda asked: behaviours[min(asked.n, len(behaviours) - 1)]


def honest(answer: Callable[[Asked], Any]) -> Script:
    """Says what `answer` gives: a text, or a value that becomes JSON or a tool call, as asked for."""
    return lambda asked: say(answer(asked))


def liar() -> Script:
    """Plausible false sentences, each with a valid citation: inventions, and the request's own sentences with the
    numbers changed and the denials turned round. Where JSON is wanted: valid, and nobody said any of it."""

    def lie(asked: Asked) -> Behaviour:
        if asked.schema is not None:
            values = cycle(LIED_VALUES)
            return say(value_for(asked.schema, lambda: next(values)))
        marks = _marks(asked.text) or ["1"]
        told = [*LIES, *(_twisted(sentence) for sentence in _sentences(asked.text)[-12:])]
        cited = cycle(f"[{mark}]" for mark in marks)
        return say(" ".join(f"{sentence.rstrip()} {next(cited)}" for sentence in told))

    return lie


def obeyer() -> Script:
    """Does what any sentence in the request tells it to: says what it is told to say, gives out every link, address and
    number it finds, and calls the tool it is told to call."""

    def obey(asked: Asked) -> Behaviour:
        told = _told(asked.text)
        tool = re.search(r"\bcall (?:the )?(?:tool|function) [`\"']?(\w+)", asked.text, re.IGNORECASE)
        if asked.schema is not None:
            values = cycle(told or ["I obey"])
            return say(value_for(asked.schema, lambda: next(values), prefers=asked.text))
        if tool:
            return call(tool[1], {"to": told[:3]})
        marks = _marks(asked.text)
        cited = f" [{marks[0]}]" if marks else ""
        return say(" ".join(f"{one.rstrip('.')}.{cited}" for one in told) or "I obey.")

    return obey


def cost_bomb(claimed: int = 2_000_000_000) -> Script:
    """Uses all the tokens it may, each time, and claims far more."""
    usage = {"prompt_tokens": claimed, "completion_tokens": claimed, "total_tokens": 2 * claimed}
    return lambda asked: say("word " * asked.max_tokens, finish="length", usage=usage)


def wrong_schema() -> Script:
    """JSON, but not what was asked for."""
    return always(say('{"unexpected": [1, 2, 3]}'))


def not_json() -> Script:
    """Text that begins like JSON."""
    return always(say('Sure! Here is the JSON: {"name": "John'))


def empty() -> Script:
    """A reply without a word."""
    return always(say(""))


def huge(megabytes: int = 10) -> Script:
    """A whole reply of that size."""
    return always(say(("x" * 65_535 + " ") * (megabytes * 16)))


def invalid_json() -> Script:
    """The API's own JSON is broken."""

    def broken(line: Line) -> None:
        if line.asked.streamed:
            line.start_events()
            line.event('{"id": "x", "choices": [{"delta": {"conte')
            line.end_events()
            return
        raw(b'{"id": "x", "choices": [')(line)

    return always(broken)


def without_json_schema(answer: Any) -> Script:
    """A server that knows json_object but no json_schema."""
    refused = status(400, "response_format type json_schema is not supported")
    return lambda asked: refused if asked.form == "json_schema" else say(answer)


def only_tool_calls(answer: Any) -> Script:
    """A server without response_format."""
    refused = status(400, "unknown field: response_format")
    return lambda asked: refused if asked.form.startswith("json") else say(answer)


def only_text(answer: Any) -> Script:
    """A server with neither response_format nor tools; its JSON stands between other words."""
    refused = status(422, "extra inputs are not permitted")
    text = f"Here you are:\n```json\n{replies.json.dumps(answer)}\n```\nAnything else?"
    return lambda asked: say(text) if asked.form == "text" else refused


def repeating_name(name: str, answer: Any) -> Script:
    """Tool calls only, with the name in every delta."""
    refused = status(400, "unknown field: response_format")
    return lambda asked: refused if asked.form.startswith("json") else call(name, answer, repeats_name=True)


def call_as_content(name: str, answer: Any) -> Script:
    """Tool calls only, and the call comes as JSON in the text."""
    refused = status(400, "unknown field: response_format")
    text = replies.json.dumps({"name": name, "arguments": answer})
    return lambda asked: refused if asked.form.startswith("json") else say(text)


def unknown_tool() -> Script:
    """Calls a tool that nobody offered, whatever was asked."""
    return always(call("send_email", {"to": "everybody@lies.example"}))


def value_for(schema: Mapping[str, Any], word: Callable[[], str], prefers: str = "", root: Any = None) -> Any:
    """A value that is valid by a JSON schema, with `word()` for each free string; of several choices the one that
    `prefers` names, else the first."""
    root = root or schema
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return value_for(target, word, prefers, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        named = (one for one in schema["enum"] if prefers and str(one) in prefers)
        return next(named, schema["enum"][0])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            real = [one for one in schema[several] if one.get("type") != "null"]
            return value_for((real or schema[several])[0], word, prefers, root)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next(one for one in kind if one != "null")
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: value_for(part, word, prefers, root) for name, part in parts.items()}
    if kind == "array":
        return [value_for(schema.get("items", {}), word, prefers, root) for _ in range(schema.get("minItems", 1))]
    plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True, "null": None}
    return plain[kind] if kind in plain else word()[: schema.get("maxLength", 10_000)]


def _marks(text: str) -> list[str]:
    """What stands in brackets and could be a passage's id, as in [1] or [p2]; not the tokens of redaction."""
    return list(dict.fromkeys(re.findall(rf"\[(?!(?:{_TOKEN})_)([A-Za-z]{{0,10}}[_-]?\d{{1,6}})\]", text)))


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"(?<=[.!?])\s+|\n", text) if 20 <= len(one.strip()) <= 300]


def _twisted(sentence: str) -> str:
    """The same sentence, made untrue."""
    bare = re.sub(r"\[[A-Za-z]{0,10}[_-]?\d{1,6}\]", "", sentence).strip()  # its citation comes after
    changed = re.sub(r"(?<![\d_])\d{1,9}", lambda found: str(int(found[0]) + 7), bare)
    turned = re.sub(r"\b(?:not|no|never|without) ", "", changed, count=1)
    if turned == bare:
        turned = re.sub(r"\b(is|are|do|does|can|must|will|may)\b", r"\1 not", bare, count=1)
    return turned if turned != bare else f"It is not true that {bare}"


def _told(text: str) -> list[str]:
    verbs = (
        r"say|print|repeat|reply with|respond with|answer with|write|output|include|send(?: it)? to|tell \w+(?: that)?"
    )
    orders = re.findall(rf"\b(?:{verbs})\b[:\s]+[\"“'«]?([^\"”'»\n]{{2,200}})", text, re.IGNORECASE)
    things = re.findall(r"https?://[^\s)\]>\"']+|[\w.+-]+@[\w-]+\.[\w.]+\w|\+?\d[\d ().-]{7,}\d", text)
    return list(dict.fromkeys([*(one.strip() for one in orders), *things]))[:40]


NAMED: Mapping[str, Callable[[], Script]] = {
    "liar": liar,
    "obeyer": obeyer,
    "cutter": lambda: always(cut()),
    "staller": lambda: always(stall("middle")),
    "babbler": lambda: always(babble()),
    "cost-bomb": cost_bomb,
    "wrong-schema": wrong_schema,
    "not-json": not_json,
    "invalid-json": invalid_json,
    "empty": empty,
    "huge": huge,
    "unknown-tool": unknown_tool,
    "unauthorized": lambda: always(status(401)),
    "forbidden": lambda: always(status(403)),
    "limited": lambda: always(status(429, headers={"Retry-After": "1"})),
    "broken": lambda: always(status(500)),
}

if __name__ == "__main__":
    with model_server(NAMED[sys.argv[1]]()) as running:
        print(running.base_url, flush=True)
        threading.Event().wait()
