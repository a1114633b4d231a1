"""A real model's replies with what a very small one never does put in: each sentence gets the mark of the passage that
it is nearest to, and a list ends after a few commands. So its inventions meet what checks them, instead of falling at
the form. This belongs to measuring; the product does neither."""

import json
import re
from collections.abc import Iterator
from typing import Any

import openai

from tests.llm.replies import say, status
from tests.llm.wire import Asked, Behaviour, Script

MOST_TOKENS = 150
"""Of a worded answer: what comes later is hardly ever read."""
MOST_COMMANDS, LONGEST_TEXT = 3, 120
LATEST_S = 280.0
_PAPER = re.compile(r"^\[P(\d+)\]\n((?:\|[^\n]*\n?)+)", re.MULTILINE)
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_MARKED = re.compile(r"\[P\d+\]")


def papers_in(text: str) -> list[tuple[int, str]]:
    """(number, text) of the papers of a request to word an answer."""
    found = _PAPER.findall(text)
    return [
        (int(number), "\n".join(line.removeprefix("|").strip() for line in lines.splitlines()))
        for number, lines in found
    ]


def helped(url: str, model: str = "smollm2") -> Script:
    """Asks the server at `url` for each reply, and puts that in."""
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=LATEST_S)

    def script(asked: Asked) -> Behaviour:
        try:
            if asked.schema is not None:
                return say(_value(client, model, asked))
            return say(" ".join(marked(_said(client, model, asked), papers_in(asked.text))))
        except openai.APIError as problem:
            return status(getattr(problem, "status_code", 502), "the model's own server failed")

    return script


def marked(reply: str, papers: list[tuple[int, str]]) -> Iterator[str]:
    """The sentences of `reply`, each with the mark of the paper that has most of its words."""
    for sentence in _END.split(reply):
        if not re.search(r"\w", sentence) or not papers or _MARKED.search(sentence):
            yield sentence
            continue
        number, _ = max(papers, key=lambda paper: len(words(paper[1]) & words(sentence)))
        end = re.search(r"[.!?]*$", sentence)
        assert end is not None
        yield f"{sentence[: end.start()].rstrip()} [P{number}]{end[0] or '.'}"


def words(text: str) -> set[str]:
    """The beginnings of its longer words, and its figures."""
    return {word[:5] for word in re.findall(r"[^\W_]{4,}|\d+", text.lower())}


def _said(client: openai.OpenAI, model: str, asked: Asked) -> str:
    most = min(asked.max_tokens, MOST_TOKENS)
    reply = client.chat.completions.create(model=model, messages=asked.body["messages"], max_tokens=most, temperature=0)
    return reply.choices[0].message.content or ""


def _value(client: openai.OpenAI, model: str, asked: Asked) -> Any:
    schema = {"name": "value", "schema": bounded(asked.schema), "strict": True}
    reply = client.chat.completions.create(
        model=model,
        messages=asked.body["messages"],
        max_tokens=asked.max_tokens,
        temperature=0,
        response_format={"type": "json_schema", "json_schema": schema},  # type: ignore[typeddict-item]
    )
    return json.loads(reply.choices[0].message.content or "{}")


def bounded(schema: Any) -> Any:
    """The same schema with lists and texts that come to an end."""
    if isinstance(schema, list):
        return [bounded(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    most = {"array": {"maxItems": MOST_COMMANDS}, "string": {"maxLength": LONGEST_TEXT}}
    bounds = most.get(str(schema.get("type")), {}) if "enum" not in schema else {}
    return {key: bounded(value) for key, value in schema.items()} | bounds
