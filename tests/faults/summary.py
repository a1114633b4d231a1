"""Runs rounds one after the other and keeps the summary: JSON on disk after each, a table on stdout at the end."""

import json
import shutil
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.faults.killing import can_trace
from tests.faults.oracle import Verdict
from tests.faults.rounds.plan import ONCE, Run, long_rounds

SUMMARY = "summary.json"
TRACED = ("sync-fails", "no-space")
COLUMNS = {
    "name": "round",
    "seed": "seed",
    "kills": "kills",
    "acknowledged": "acknowledged",
    "in_mailbox": "in mailbox",
    "dead": "dead, sent again",
    "lost": "lost",
    "extra_copies": "extra copies",
    "worst_kill": "most per kill",
    "unanswered_mails": "unanswered mails",
    "settled_s": "settled s",
    "looks": "looks at database",
    "seconds": "seconds",
    "wrong": "wrong",
}


def prove(folder: Path, seed: int, kills: int, acknowledged: int, only: Sequence[str] | None) -> int:
    """Runs what the summary in `folder` does not have yet. Returns the exit status: 0 when every promise held."""
    folder.mkdir(parents=True, exist_ok=True)
    done = _read(folder)
    for key, run, round_seed in _plan(seed, kills, acknowledged, only):
        if key in done:
            continue
        print(f"faults: {key} (seed {round_seed}) ...", flush=True)
        done[key] = _run(key, run, folder / key, round_seed)
        (folder / SUMMARY).write_text(json.dumps(done, indent=1, ensure_ascii=False), encoding="utf-8")
        print(f"faults: {key}: {_in_words(done[key])}", flush=True)
    print(table(list(done.values())))
    return 1 if any(one["wrong"] for one in done.values()) else 0


def _plan(seed: int, kills: int, acknowledged: int, only: Sequence[str] | None) -> list[tuple[str, Run, int]]:
    plan = [(name, run, seed) for name, run in ONCE.items() if only is None or name in only]
    if only is None or "long" in only:
        for number, (name, run, _, _) in enumerate(long_rounds(kills, acknowledged)):
            plan.append((f"{name}-{number + 1:02d}", run, seed + number))
    missing = [key for key, _, _ in plan if key in TRACED or key.startswith("writes")] if not can_trace() else []
    if missing:
        print(f"faults: left out, for want of strace (Debian: apt-get install strace): {', '.join(missing)}")
    return [one for one in plan if one[0] not in missing]


def _run(key: str, run: Run, folder: Path, seed: int) -> dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was interrupted in this round
    began = time.monotonic()
    try:
        verdict = run(folder, seed)
    except PermissionError as problem:
        print(f"faults: {key} left out: {problem}")
        verdict = Verdict(f"{key} (left out: {problem})", seed)
    except Exception as problem:
        traceback.print_exc()
        verdict = Verdict(key, seed, wrong=[f"the round ended in {type(problem).__name__}: {problem}"])
        verdict.seconds = round(time.monotonic() - began, 1)
    return verdict.as_json()


def _read(folder: Path) -> dict[str, Any]:
    path = folder / SUMMARY
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _in_words(one: dict[str, Any]) -> str:
    figures = f"{one['kills']} kills, {one['acknowledged']} acknowledged, {one['lost']} lost, {one['seconds']} s"
    return figures + "".join(f"\n  WRONG: {what}" for what in one["wrong"])


def table(rounds: Sequence[dict[str, Any]]) -> str:
    """The rounds as a table in Markdown, with their sum."""
    summed = ("kills", "acknowledged", "in_mailbox", "dead", "lost", "extra_copies", "unanswered_mails", "looks")
    total: dict[str, Any] = {name: sum(one[name] for one in rounds) for name in summed}
    total |= {"name": "all", "seed": "", "seconds": round(sum(one["seconds"] for one in rounds))}
    total |= {name: max((one[name] for one in rounds), default=0) for name in ("worst_kill", "settled_s")}
    total["wrong"] = [what for one in rounds for what in one["wrong"]]
    rows = [[str(len(one[name]) if name == "wrong" else one[name]) for name in COLUMNS] for one in [*rounds, total]]
    lines = [list(COLUMNS.values()), ["---"] * len(COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
