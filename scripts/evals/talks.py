"""Talks through the turn engine: messages that ask several things, and questions that go on with the one before."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

from app.answering.base import Answer, AnswerKind
from app.dialogue.state import State
from app.store.queries.clinics import ClinicFacts
from app.usecases.reply_stream import ReplyStream
from app.usecases.take_turn import Said, Turn, take_turn
from scripts.evals.asking import REFUSED, Asker, clinic_of
from scripts.evals.judging import holds, polarity
from scripts.evals.sets import Measured, Question

COMPOUND = ("set", "messages", "parts", "dropped", "other number of items", "answerable", "right", "refused",
            "unanswerable", "answered")  # fmt: skip
FOLLOWUPS = ("set", "talks", "answerable", "right", "wrong", "refused", "unanswerable", "answered")
NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of a table, and what went wrong as lines to read."""

    cells: tuple[str, ...]
    misses: tuple[str, ...]


def compound(asker: Asker, measured: Measured, path: Path) -> Tally:
    """Every part must have an item of its own that names it or answers it."""
    clinic = clinic_of(asker, measured)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    misses: list[str] = []
    counts = dict.fromkeys(("parts", "dropped", "number", "able", "right", "refused", "unable", "answered"), 0)
    for line in lines:
        turn = _play(asker, clinic, [line["message"]])
        items = [answer for answer in turn.answers if answer.question]
        given = _assigned(line["parts"], items)
        counts["number"] += len(items) != len(line["parts"])
        for part, item in zip(line["parts"], given, strict=True):
            counts["parts"] += 1
            verdict = _verdict(part, item)
            for name in verdict:
                counts[name] += 1
            if (
                not {"right", "able"} <= verdict
                and verdict != {"unable"}
                and part.get("gold_span", part["answerable"] is False)
            ):
                got = f"{item.question!r}: {item.text!r}" if item else "nothing"
                misses.append(f"{', '.join(sorted(verdict))}: {line['message']!r}, {part['about']!r} got {got}")
        if len(items) != len(line["parts"]):
            misses.append(f"{len(items)} items: {line['message']!r} {[item.question for item in items]}")
    return Tally((measured.name, str(len(lines)), *map(str, counts.values())), tuple(misses))


def follow_ups(asker: Asker, measured: Measured, path: Path) -> Tally:
    """The last message of each talk must be answered rightly, or deferred where no paper answers it."""
    clinic = clinic_of(asker, measured)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    misses: list[str] = []
    able = right = refused = answered = 0
    for line in lines:
        items = [answer for answer in _play(asker, clinic, line["turns"]).answers if answer.question]
        said = any(item.kind not in REFUSED for item in items)
        gold = line.get("gold_span")
        fine = any(_is_right(item, gold, line.get("polarity")) for item in items) if gold else not said
        able += bool(line["answerable"])
        right += bool(gold) and fine
        refused += bool(line["answerable"]) and not said
        answered += not line["answerable"] and said
        if not fine:
            misses.append(f"{line['turns']} wanted {gold!r}\n    got {[(item.question, item.text) for item in items]}")
    cells = (able, right, able - right - refused, refused, len(lines) - able, answered)
    return Tally((measured.name, str(len(lines)), *map(str, cells)), tuple(misses))


def _play(asker: Asker, clinic: ClinicFacts, messages: Sequence[str]) -> Turn:
    """The last turn of a new conversation."""
    state = State()
    for text in messages:
        turn = take_turn(asker.desk, clinic, Said(text, state, NOON), ReplyStream())
        state = turn.state
    return turn


def _verdict(part: dict[str, Any], item: Answer | None) -> set[str]:
    able = bool(part["answerable"])
    if item is None:
        return {"dropped", "able" if able else "unable"}
    said = item.kind not in REFUSED
    gold = part.get("gold_span")
    names = {"able" if able else "unable"}
    if able and (_is_right(item, gold, None) if gold else said):
        names.add("right")
    if able and not said:
        names.add("refused")
    if not able and item.kind in (AnswerKind.ANSWER, AnswerKind.PAYER):
        names.add("answered")
    return names


def _is_right(item: Answer, gold: str, yes_or_no: str | None) -> bool:
    if item.kind in REFUSED:
        return False
    return holds(item, gold) and (not yes_or_no or polarity(item, Question("", (gold,), yes_or_no)))


def _assigned(parts: Sequence[dict[str, Any]], items: Sequence[Answer]) -> list[Answer | None]:
    """To each part an item of its own in which its keyword or its answer stands, as many as can be, in order."""
    fits = [[_speaks(item, part) for item in items] for part in parts]
    best: list[Answer | None] = [None] * len(parts)
    for order in (
        permutations([*range(len(items)), *([-1] * len(parts))], len(parts))
        if len(items) < 5
        else _straight(items, parts)
    ):
        chosen = [items[at] if at >= 0 and fits[n][at] else None for n, at in enumerate(order)]
        if sum(item is not None for item in chosen) > sum(item is not None for item in best):
            best = chosen
    return best


def _straight(items: Sequence[Answer], parts: Sequence[object]) -> Iterator[tuple[int, ...]]:
    yield tuple(at if at < len(items) else -1 for at in range(len(parts)))


def _speaks(item: Answer, part: dict[str, Any]) -> bool:
    text = _plain(f"{item.question} {item.text}")
    return bool(re.search(rf"\b{re.escape(_plain(part['keyword']))}", text)) or bool(
        part.get("gold_span") and holds(item, part["gold_span"])
    )


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in folded if not unicodedata.combining(char)).casefold()
