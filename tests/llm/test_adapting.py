"""Servers differ in what they take. A call finds out within itself, and the next one knows."""

import json
from typing import Any

import pytest

from app.llm.base import Failure, ModelFailed, OutputSchema
from app.llm.forms import FORMS, value_in
from tests.llm import servers
from tests.llm.conftest import SCHEMA, VALUE, Install, called
from tests.llm.servers import Asked, Behaviour, Script, always, in_turn, model_server, say, status

FORMS_OF = {
    "json_schema": (servers.honest(lambda _: VALUE), 1, "json_schema"),
    "json_object": (servers.without_json_schema(VALUE), 2, "json_object"),
    "tool": (servers.only_tool_calls(VALUE), 4, "tool"),
    "a name in every delta": (servers.repeating_name("note", VALUE), 4, "tool"),
    "a call as text": (servers.call_as_content("note", VALUE), 4, "tool"),
    "text": (servers.only_text(VALUE), 6, "text"),
}


@pytest.mark.parametrize("name", sorted(FORMS_OF))
def test_a_form_is_found_and_remembered(install: Install, name: str) -> None:
    script, requests, form = FORMS_OF[name]
    with model_server(script) as server:
        guests = install.guests(server.base_url)
        assert called(install.turn(guests), "complete").value == VALUE
        assert len(server.asked) == requests
        assert called(install.turn(guests), "complete").value == VALUE
        assert len(server.asked) == requests + 1
        assert server.asked[-1].form == form
    assert [row.result for row in install.rows()] == ["refused"] * (requests - 1) + ["ok", "ok"]


def test_the_schema_is_said_where_the_server_does_not_know_it(install: Install) -> None:
    with model_server(servers.only_text(VALUE)) as server:
        called(install.turn(install.guests(server.base_url)), "complete")
        said = server.asked[-1].body["messages"][0]
    assert said["role"] == "system"
    assert said["content"].startswith("Answer from the passages.")
    assert json.dumps(SCHEMA.schema) in said["content"]


def refusing(*names: str) -> Script:
    """Strict about parameters, and says which one it minds."""

    def answer(asked: Asked) -> Behaviour:
        wrong = next((name for name in names if name in asked.body), None)
        return status(400, f"Unsupported parameter: '{wrong}'. Use 'max_completion_tokens'.") if wrong else say(VALUE)

    return answer


@pytest.mark.parametrize("way", ["complete", "stream"])
@pytest.mark.parametrize(
    "minded",
    [("repeat_penalty",), ("temperature", "repeat_penalty"), ("max_tokens",), ("max_tokens", "temperature")],
)
def test_parameters_that_a_server_minds_are_left_out(install: Install, minded: tuple[str, ...], way: str) -> None:
    with model_server(refusing(*minded)) as server:
        guests = install.guests(server.base_url)
        assert called(install.turn(guests), way).failure == ""
        learned = len(server.asked)
        assert called(install.turn(guests), way).failure == ""
        assert len(server.asked) == learned + 1
        assert server.asked[-1].max_tokens == 50


def test_a_stream_without_figures(install: Install) -> None:
    with model_server(refusing("stream_options")) as server:
        assert called(install.turn(install.guests(server.base_url)), "stream").failure == ""
    assert install.rows()[-1].tokens_estimated


def test_a_server_that_breaks_over_json_schema(install: Install) -> None:
    """llama-cpp-python answers 500. Once may be chance; twice is how it is."""

    def answer(asked: Asked) -> Behaviour:
        return status(500) if asked.form == "json_schema" else say(VALUE)

    with model_server(answer) as server:
        guests = install.guests(server.base_url)
        assert [called(install.turn(guests), "complete").value for _ in range(3)] == [VALUE] * 3
        forms = [asked.form for asked in server.asked]
    assert forms == ["json_schema", "json_object", "json_schema", "json_object", "json_object"]


def test_a_single_500_teaches_nothing(install: Install) -> None:
    with model_server(in_turn(status(500), say(VALUE))) as server:
        guests = install.guests(server.base_url)
        assert called(install.turn(guests), "complete").value == VALUE
        assert called(install.turn(guests), "complete").value == VALUE
        assert [asked.form for asked in server.asked] == ["json_schema", "json_object", "json_schema"]


def test_a_server_that_ignores_the_form_is_asked_in_another(install: Install) -> None:
    with model_server(always(say("Of course! I would love to help."))) as server:
        guests = install.guests(server.base_url)
        for _ in range(2 * len(FORMS) + 1):
            assert called(install.turn(guests), "complete").failure == "invalid"
        forms = [asked.form for asked in server.asked]
    assert forms[:3] == ["json_schema", "json_schema", "json_object"]
    assert forms[-1] == "text"


def test_a_message_that_is_too_long_for_the_server_teaches_nothing(install: Install) -> None:
    with model_server(always(status(400, "context length exceeded"))) as server:
        guests = install.guests(server.base_url)
        assert called(install.turn(guests), "complete").failure == "refused"
        assert len(server.asked) <= 9
        server.script = always(say(VALUE))
        assert called(install.turn(guests), "complete").value == VALUE
        assert server.asked[-1].form == "json_schema"


def test_a_refusal_by_the_model_is_told(install: Install) -> None:
    message = {"role": "assistant", "content": None, "refusal": "I cannot."}
    reply = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    with model_server(always(servers.raw(json.dumps(reply).encode()))) as server:
        assert called(install.turn(install.guests(server.base_url)), "complete").failure == "refused"


def test_a_refusal_half_way_through_a_stream_is_told(install: Install) -> None:
    deltas = [{"content": "The first visit"}, {"refusal": "I cannot."}, {"content": " takes an hour."}]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    with model_server(always(servers.raw(body.encode(), "text/event-stream"))) as server:
        got = called(install.turn(install.guests(server.base_url)), "stream")
    assert (got.failure, got.said) == ("refused", "The first visit")


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_what_the_server_filtered_is_not_used(install: Install, way: str) -> None:
    with model_server(always(say(VALUE, finish="content_filter"))) as server:
        got = called(install.turn(install.guests(server.base_url)), way)
    assert (got.failure, got.value) == ("refused", None)


def test_a_tool_that_nobody_offered_is_not_taken_for_the_one_that_was(install: Install) -> None:
    with model_server(always(servers.call("send_email", VALUE))) as server:
        got = called(install.turn(install.guests(server.base_url)), "complete")
    assert (got.failure, got.value) == ("invalid", None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"kind": "ask", "words": "é"}', {"kind": "ask", "words": "é"}),
        ('Here: ```json\n{"kind": "ask", "words": "a"}\n``` Bye {', {"kind": "ask", "words": "a"}),
        ('{"thought": [1]} then {"kind": "ask", "words": "a"}', {"kind": "ask", "words": "a"}),
        ('{"name": "note", "arguments": {"kind": "ask", "words": "a"}}', {"kind": "ask", "words": "a"}),
        (
            '{"name": "note", "arguments": "{\\"kind\\": \\"ask\\", \\"words\\": \\"a\\"}"}',
            {"kind": "ask", "words": "a"},
        ),
    ],
)
def test_a_value_is_found_among_words(text: str, value: Any) -> None:
    assert value_in(text, SCHEMA) == value


@pytest.mark.parametrize(
    "text",
    [
        "no", "{", '{"kind": "ask"}', '{"kind": "shout", "words": "a"}', '{"kind": "ask", "words": 1}',
        '{"kind": "ask", "words": "a", "more": 1}', '{"name": "other", "arguments": {"kind": "ask", "words": "a"}}',
        "[" * 100_000, '{"a":' * 100_000, "NaN",
    ],
)  # fmt: skip
def test_what_is_not_by_the_schema_is_no_value(text: str) -> None:
    with pytest.raises(ModelFailed) as problem:
        value_in(text, SCHEMA)
    assert problem.value.failure == Failure.INVALID


def test_not_a_number_is_no_number() -> None:
    numbers = OutputSchema("n", {"type": "object", "required": ["n"], "properties": {"n": {"type": "number"}}})
    assert value_in('{"n": 1.5}', numbers) == {"n": 1.5}
    with pytest.raises(ModelFailed):
        value_in('{"n": Infinity}', numbers)
