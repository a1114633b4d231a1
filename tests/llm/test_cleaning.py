"""Half characters, control characters and a model's thoughts end before the conversation."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.cleaning import clean, without_thoughts
from tests.llm.conftest import Install, called
from tests.llm.servers import always, model_server, say

BAD = "Park\ud83d in\x00 the\x1b[2J garage.\n\tThanks"
GOOD = "Park in the[2J garage.\n\tThanks"


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_what_breaks_other_programs_does_not_come_through(install: Install, way: str) -> None:
    """A lone surrogate cannot be written to a database or a browser: the turn would fail."""
    reply = say({"kind": "tell", "words": BAD}) if way == "complete" else say(BAD)
    with model_server(always(reply)) as server:
        got = called(install.turn(install.guests(server.base_url)), way)
    assert got.failure == ""
    assert (got.value["words"] if way == "complete" else got.said) == GOOD
    json.dumps([got.said, got.value], ensure_ascii=False).encode()


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_thoughts_are_no_reply(install: Install, way: str) -> None:
    value = {"kind": "tell", "words": "One hour."}
    wrong = {"kind": "ask", "words": "of a thought"}
    text = f"\n<think>Maybe {json.dumps(wrong)} or so.</think>\n\n{json.dumps(value)}"
    with model_server(always(say(text))) as server:
        got = called(install.turn(install.guests(server.base_url)), way)
    assert (got.value if way == "complete" else json.loads(got.said)) == value


def test_a_reply_of_blanks_is_empty(install: Install) -> None:
    with model_server(always(say(" \n ", finish="stop"))) as server:
        assert called(install.turn(install.guests(server.base_url)), "stream").failure == "empty"


@given(st.text(alphabet="<think/> ab\n", max_size=30), st.text("<think/>ab ", max_size=30), st.data())
def test_the_cuts_do_not_matter(thought: str, said: str, data: st.DataObject) -> None:
    """Models cut their words anywhere."""
    thought = thought.replace("</think>", "")
    text = f"<think>{thought}</think>{said}" if data.draw(st.booleans()) else said
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert "".join(without_thoughts(pieces)).strip() == "".join(without_thoughts([text])).strip()


@given(st.text(alphabet=st.characters(), max_size=50))
def test_clean_text_can_be_written(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()


def test_text_without_thoughts_stays_as_it_is() -> None:
    for text in ("Hello <think> there", "<thing> is", "", "<thin", "I think so."):
        assert "".join(without_thoughts([text])) == text
        assert "".join(without_thoughts(list(text))) == text
    assert "".join(without_thoughts(["<think>for", " ever"])) == ""
