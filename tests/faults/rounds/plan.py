"""Every round by name, as `scripts/faults` and the sample in `scripts/test` run them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults.oracle import Verdict
from tests.faults.rounds import backups, killed, mail, restarts, storage, webhooks

Run = Callable[[Path, int], Verdict]

ONCE: dict[str, Run] = {
    "mail-passing": mail.passing,
    "mail-final": mail.final,
    "mail-operator": mail.operator,
    "webhook": webhooks.webhook,
    "webhook-kills": partial(webhooks.kills, count=10),
    "sigterm": partial(restarts.sigterm, times=5),
    "keys": restarts.keys,
    "clock": restarts.clock,
    "restored": backups.restored,
    "disk-full": partial(storage.disk_full, times=3),
    "locked": storage.locked,
    "locked-long": partial(storage.locked, seconds=storage.BUSY_S),
    "sync-fails": storage.failing_writes,
    "no-space": partial(storage.failing_writes, calls="pwrite64", what="error=ENOSPC:when=60+97"),
}
"""The rounds that the whole proof runs once each."""

KILLS_PER_ROUND, WRITES_PER_ROUND = 20, 10
DEFAULT_WAIT_S = 90.0


def long_rounds(kills: int, acknowledged: int) -> list[tuple[str, Run, int, int]]:
    """(name, round, kills, acknowledged at least) until both numbers are reached. Every third round kills at chosen
    system calls; the first uses the default wait after an ambiguous ending, the others a short one."""
    plan: list[tuple[str, Run, int, int]] = []
    left = kills
    while left > 0:
        chosen = len(plan) % 3 == 2
        count = min(left, WRITES_PER_ROUND if chosen else KILLS_PER_ROUND)
        share = round(acknowledged * count / kills) if kills else 0
        run = partial(killed.writes if chosen else killed.kills, count=count, acknowledged=share)
        if not plan:
            run = partial(run, ambiguous_wait_s=DEFAULT_WAIT_S)
        plan.append(("writes" if chosen else "kills", run, count, share))
        left -= count
    return plan
