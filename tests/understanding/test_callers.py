"""Who is asking, told by what people say about themselves; and nobody else taken for them."""

from pathlib import Path

import pytest
import yaml

from app.dialogue.state import Caller
from app.understanding.callers import caller_told

_SAID = yaml.safe_load((Path(__file__).parent / "callers.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("caller", "text"), [(caller, text) for caller, texts in _SAID.items() for text in texts])
def test_the_words_tell_who_is_asking(caller: str, text: str) -> None:
    told = caller_told(text)

    assert told is (None if caller == Caller.PATIENT else Caller(caller))
