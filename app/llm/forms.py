"""The ways to ask a server for JSON, best first, and how the value is found in what came back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jsonschema import Draft202012Validator

from app.llm.base import Failure, ModelFailed, OutputSchema

FORMS: Final = ("json_schema", "json_object_schema", "json_object", "tool", "text")
"""By response_format json_schema; json_object with a schema beside it (llama-cpp-python); json_object; a forced tool
call; asked for in words. What a server does not enforce is said in the prompt as well."""
_MOST_STARTS = 50
Message = dict[str, str]


def asked_in(form: str, schema: OutputSchema) -> dict[str, Any]:
    """What the request carries for this form."""
    if form == "json_schema":
        wanted = {"name": schema.name, "schema": dict(schema.schema), "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": wanted}}
    if form == "json_object_schema":
        return {"response_format": {"type": "json_object", "schema": dict(schema.schema)}}
    if form == "json_object":
        return {"response_format": {"type": "json_object"}}
    if form == "tool":
        tool = {"type": "function", "function": {"name": schema.name, "parameters": dict(schema.schema)}}
        return {"tools": [tool], "tool_choice": {"type": "function", "function": {"name": schema.name}}}
    return {}


def with_schema(form: str, messages: Sequence[Message], schema: OutputSchema) -> list[Message]:
    """The messages, with the schema said in words where the server may not enforce it."""
    if form in ("json_schema", "tool"):
        return list(messages)
    words = _words() + json.dumps(schema.schema, ensure_ascii=False)
    first, *rest = messages
    if first["role"] == "system":
        return [first | {"content": first["content"] + words}, *rest]
    return [{"role": "system", "content": words.strip()}, *messages]


def value_in(text: str, schema: OutputSchema) -> Any:
    """The first JSON value in `text` that is valid by the schema, also between other words, and as the arguments of a
    tool call that was written as text. Raises ModelFailed EMPTY or INVALID; its `unread` tells whether there was no
    JSON at all."""
    if not text.strip():
        raise ModelFailed(Failure.EMPTY)
    validator = Draft202012Validator(schema.schema)
    found = False
    for value in _values(text):
        found = True
        for one in (value, _arguments(value, schema.name)):
            if one is not None and validator.is_valid(one):
                return one
    raise NotByTheSchema(found)


class NotByTheSchema(ModelFailed):
    """No value that is valid. `found`: there was JSON, but another kind."""

    def __init__(self, found: bool) -> None:
        super().__init__(Failure.INVALID, "JSON, but not by the schema" if found else "no JSON")
        self.found = found


def _values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(parse_constant=_refuse)
    position, starts = 0, 0
    while starts < _MOST_STARTS:
        begins = [place for place in (text.find("{", position), text.find("[", position)) if place >= 0]
        if not begins:
            return
        starts += 1
        try:
            value, position = decoder.raw_decode(text, min(begins))
        except (ValueError, RecursionError):
            position = min(begins) + 1
            continue
        yield value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _arguments(value: Any, name: str) -> Any:
    """Of a call like {"name": ..., "arguments": {...} or "{...}"}."""
    if not isinstance(value, Mapping) or value.get("name") != name:
        return None
    found = value.get("arguments", value.get("parameters"))
    if isinstance(found, str):
        return next(_values(found), None)
    return found


@cache
def _words() -> str:
    return (files("app.llm") / "json_form.txt").read_text(encoding="utf-8")
