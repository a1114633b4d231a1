"""A guest at a real server with a real, very small model: the protocol fits. What it says is not looked at."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.llm.base import ModelFailed, OutputSchema, Part, Prompt
from app.llm.forms import FORMS
from tests.llm.conftest import PROMPTS, SCHEMA, Install, called
from tests.llm.real_server import CONTEXT, real_model_server

pytestmark = pytest.mark.llm
PATIENCE_S = 90.0
"""For a machine that does other things as well."""
LONG = " ".join(f"Rule {n}: bring form {n} to your visit." for n in range(CONTEXT // 24))
"""Takes a real server seconds to read, and fits."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with real_model_server() as found:
        yield found


def test_words_come_in_pieces(install: Install, url: str) -> None:
    guests = install.guests(url, llm_model="smollm2")
    pieces: list[str] = []
    with suppress(ModelFailed):  # it may have more to say than it is allowed to
        pieces.extend(install.turn(guests, PATIENCE_S).stream("answer", PROMPTS, max_tokens=40))
    assert len(pieces) > 1
    assert "".join(pieces).strip()
    (row,) = install.rows()
    assert row.result in {"ok", "too_long"}
    assert not row.tokens_estimated
    assert row.prompt_tokens > 20
    assert 0 < row.completion_tokens <= 40
    assert install.day().tokens == row.prompt_tokens + row.completion_tokens


def test_a_value_by_the_schema_in_the_best_form(install: Install, url: str) -> None:
    """The server enforces it, so that even this model fills it in."""
    guests = install.guests(url, llm_model="smollm2", llm_understand_s=PATIENCE_S)
    closed = {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "sure"],
        "properties": {"kind": {"enum": ["question", "booking", "thanks"]}, "sure": {"type": "boolean"}},
    }
    value = install.turn(guests, PATIENCE_S).complete("exam", PROMPTS, OutputSchema("note", closed), max_tokens=60)
    assert value["kind"] in {"question", "booking", "thanks"}
    assert isinstance(value["sure"], bool)
    assert [row.result for row in install.rows()] == ["ok"]
    assert FORMS[guests.endpoint().learned.taken.form] == "json_schema"
    assert guests.endpoint().learned.taken.repeat_penalty


@pytest.mark.parametrize("form", ["json_object_schema", "json_object", "tool", "text"])
def test_the_other_forms_are_understood(install: Install, url: str, form: str) -> None:
    """Whether a value comes of it is the model's affair; the server must take the request."""
    guests = install.guests(url, llm_model="smollm2", llm_understand_s=PATIENCE_S)
    endpoint = guests.endpoint()
    endpoint.learned.taken = endpoint.learned.taken.__class__(form=FORMS.index(form))
    got = called(install.turn(guests, PATIENCE_S), "complete", max_tokens=60)
    assert got.failure in {"", "invalid", "too_long", "empty"}
    assert len(install.rows()) == 1


def test_a_long_wait_ends_in_time_and_the_server_goes_on(install: Install, url: str) -> None:
    guests = install.guests(url, llm_model="smollm2", llm_understand_s=1.5)
    words = {"type": "array", "minItems": 100, "maxItems": 100, "items": {"enum": ["again", "and again"]}}
    long = OutputSchema("long", {"type": "object", "required": ["words"], "properties": {"words": words}})
    prompts = [Prompt("user", [Part(LONG, "paper")])]
    with pytest.raises(ModelFailed, match="late"):
        install.turn(guests).complete("understand", prompts, long, max_tokens=900)
    assert install.rows()[-1].result == "late"
    assert install.day().reserved_tokens == 0
    assert called(install.turn(guests, PATIENCE_S), "stream", max_tokens=5).said


def test_the_limit_of_tokens(install: Install, url: str) -> None:
    guests = install.guests(url, llm_model="smollm2")
    got = called(install.turn(guests, PATIENCE_S), "stream", max_tokens=3)
    assert (got.failure, bool(got.said)) == ("too_long", True)
    assert install.rows()[-1].completion_tokens == 3


def test_more_than_it_can_read_is_refused_and_teaches_nothing(install: Install, url: str) -> None:
    guests = install.guests(url, llm_model="smollm2", llm_understand_s=PATIENCE_S)
    before = guests.endpoint().learned.taken
    prompts = [Prompt("user", [Part(LONG * 8, "paper")])]
    with pytest.raises(ModelFailed, match="HTTP 400"):
        install.turn(guests, PATIENCE_S).complete("understand", prompts, SCHEMA, max_tokens=10)
    assert guests.endpoint().learned.taken == before
    assert {row.result for row in install.rows()} == {"refused"}


def test_two_patients_at_once(install: Install, url: str) -> None:
    guests = install.guests(url, llm_model="smollm2")
    said: list[str] = []

    def ask() -> None:
        said.append(called(install.turn(guests, PATIENCE_S), "stream", max_tokens=30).said)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(said)
    assert len(said) == 2
