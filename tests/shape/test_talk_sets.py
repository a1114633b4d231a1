"""The talks and messages that measure the engine: enough of each kind, nothing real, and the held-out apart."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.conversations.runner import conversation_files, load
from tests.shape.tree import ROOT

EVALS = ROOT / "scripts/evals"
TALKS, HELD_OUT = ROOT / "tests/conversations", EVALS / "talks_held_out"
DIGITS = re.compile(r"(?<!\d)\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)")
MADE_UP = re.compile(r"555[-. ]01\d\d$")


def messages(kinds: dict[str, Any], language: str = "") -> list[str]:
    said = [one for by in kinds.values() for name, texts in by.items() if language in ("", name) for one in texts]
    return [one if isinstance(one, str) else " / ".join(one) for one in said]


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((EVALS / name).read_text("utf-8"))


def said(folder: Path) -> Iterator[str]:
    for path in conversation_files(folder):
        for turn in load(path)["turns"]:
            yield from [turn["patient"]] if "patient" in turn else turn["replies"].values()


def test_enough_of_each_kind() -> None:
    """Shares of a handful say nothing."""
    assert len(conversation_files()) >= 140
    assert len(conversation_files(HELD_OUT)) >= 40
    assert len(conversation_files(TALKS / "compound")) >= 15
    assert len(conversation_files(TALKS / "spanish")) >= 12
    emergencies, everyday, held = read("emergencies.yaml"), read("everyday.yaml"), read("held_out/triage.yaml")
    assert len(messages(emergencies)) >= 150
    assert len(messages(emergencies, "es")) >= 50
    assert len(messages(everyday)) >= 300
    assert len(messages(everyday, "es")) >= 60
    assert len(messages(held["emergencies"])) >= 60
    assert len(messages(held["everyday"])) >= 100
    assert set(emergencies) == set(held["emergencies"])
    second = read("held_out/triage_second.yaml")
    assert set(emergencies) == set(second["emergencies"])
    assert len(messages(second["emergencies"])) >= 200
    assert len(messages(second["everyday"])) >= 150


def test_no_message_stands_twice() -> None:
    """A message in two sets counts twice, and one that is also held out was seen."""
    held = read("held_out/triage.yaml")
    second = read("held_out/triage_second.yaml")
    piles = [read("emergencies.yaml"), read("everyday.yaml"), held["emergencies"], held["everyday"], *second.values()]
    texts = [text.casefold() for pile in piles for text in messages(pile)]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_held_out_talks_are_nowhere_else() -> None:
    """A telling message that also stands in a file to work on is no longer held out."""
    seen = set(said(TALKS))
    telling = [text for text in said(HELD_OUT) if len(text) > 40]
    assert telling
    assert [text for text in telling if text in seen] == []


def test_no_telephone_is_real() -> None:
    """A number that rings somewhere must not stand in a file that is read aloud to people."""
    texts = [*said(TALKS), *said(HELD_OUT), *messages(read("everyday.yaml"))]
    numbers = [number for text in texts for number in DIGITS.findall(text)]
    assert len(numbers) >= 50
    assert [number for number in numbers if not MADE_UP.search(number)] == []


def test_typed_messages_stand_in_one_half_and_hold_nothing_real() -> None:
    """A message in both halves is not held out, and a number that rings somewhere must not stand in either."""
    halves = [
        {case["said"].casefold() for cases in read(name).values() for case in cases}
        for name in ("turns.yaml", "held_out/turns.yaml")
    ]
    assert all(len(half) >= 80 for half in halves)
    assert halves[0] & halves[1] == set()
    numbers = [number for half in halves for text in half for number in DIGITS.findall(text)]
    assert [number for number in numbers if not MADE_UP.search(number)] == []
