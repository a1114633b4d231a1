"""Conversation files through the whole turn engine: which hold, which fields came out right, what was asked although it
had been given, which emergencies were met and which everyday messages raised the alarm."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from app.bootstrap import Running
from tests.conversations.runner import Played, conversation_files, load, name_of, turns_of
from tests.desk import Talk, make_clinic
from tests.payer_lists import make_clinic_with_payers

COLUMNS = ("talks", "files", "held", "fields", "right", "share", "asked though given", "emergencies", "met",
           "no emergency", "false alarms", "turn p95 ms")  # fmt: skip
COUNTED = ("files", "held", "fields", "right", "repeated", "emergencies", "met", "quiet", "alarms")
Group = tuple[Counter[str], list[float], list[str]]


def measure(running: Running, folder: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    """(rows under COLUMNS, one for each sub-folder and one for all; a line for each thing that was not as expected)."""
    plain = make_clinic(running)

    def open_talk(payers: list[dict[str, Any]] | None) -> Talk:
        return Talk(running, make_clinic_with_payers(running, payers) if payers else plain)

    files = sorted((_group_name(path, folder), path) for path in conversation_files(folder))
    found = {
        name: _group([path for _, path in group], folder, open_talk)
        for name, group in groupby(files, key=lambda one: one[0])
    }
    everything = sum((one[0] for one in found.values()), Counter()), [ms for one in found.values() for ms in one[1]]
    rows = [_row(name, *one[:2]) for name, one in [*found.items(), ("all", everything)]]
    return rows, [line for one in found.values() for line in one[2]]


def _group_name(path: Path, folder: Path) -> str:
    return path.parent.relative_to(folder).as_posix()


def _group(paths: list[Path], folder: Path, open_talk: Callable[..., Talk]) -> Group:
    counts: Counter[str] = Counter()
    times: list[float] = []
    lines: list[str] = []
    for path in paths:
        name, conversation = name_of(path, folder), load(path)
        played = list(turns_of(conversation, _timed(open_talk(conversation.get("payers")).say, times)))
        wrong = [f"{name} turn {one.place}: {miss.text}" for one in played for miss in one.misses]
        counts.update(files=1, held=int(not wrong))
        for place, one in enumerate(played):
            counts.update(dict(_counted(one, any(before.done["emergency"] for before in played[:place]))))
        lines += wrong
    return counts, times, lines


def _timed(say: Callable[[str], Mapping[str, Any]], times: list[float]) -> Callable[[str], Mapping[str, Any]]:
    def timed(text: str) -> Mapping[str, Any]:
        started = time.perf_counter()
        done = say(text)
        times.append((time.perf_counter() - started) * 1000)
        return done

    return timed


def _counted(played: Played, paused: bool) -> Iterator[tuple[str, int]]:
    """`paused`: an emergency was met before, so that a turn may still speak of it unless the file forbids it."""
    about = {miss.about for miss in played.misses}
    fields = [f"slot {name}" for name in played.turn.get("slots", {})]
    yield "fields", len(fields)
    yield "right", len(set(fields) - about)
    yield "repeated", sum(miss.about == "repeated" for miss in played.misses)
    wanted, got = played.turn.get("emergency"), played.done["emergency"]
    yield "emergencies", wanted is True
    yield "met", wanted is True and got
    quiet = wanted is False or (wanted is None and not paused)
    yield "quiet", quiet
    yield "alarms", quiet and got


def _row(name: str, counts: Counter[str], times: list[float]) -> tuple[str, ...]:
    cells = [str(counts[key]) for key in COUNTED]
    share = f"{counts['right'] / counts['fields']:.3f}" if counts["fields"] else "-"
    return (name, *cells[:4], share, *cells[4:], f"{sorted(times)[int(0.95 * (len(times) - 1))]:.0f}")
