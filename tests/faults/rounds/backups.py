"""A backup while patients submit, the loss of the data folder, and the restore."""

import shutil
import time
from pathlib import Path

from tests.faults.oracle import Verdict
from tests.faults.rounds.ending import SENDERS, a_round

SLACK_S = 2.0
"""A mail that arrived so shortly before may not have been written down yet."""


def restored(folder: Path, seed: int) -> Verdict:
    """What was acknowledged before a backup began is there after a restore, though the data folder was lost; what the
    mail server has had already may come a second time."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS)
        install.wait_for_acknowledged(15)
        before, began = install.journal.done(), time.time()
        made = install.server.run("backup", str(folder / "backup"))
        round_.expect(made.returncode == 0, f"backup: {made.stderr.strip()}")
        install.wait_for_acknowledged(5)
        install.load.settle()
        install.kill()
        shutil.rmtree(install.server.data)
        done = install.server.run("restore", str(folder / "backup"))
        round_.expect(done.returncode == 0, f"restore: {done.stderr.strip()}")
        install.start()
        round_.look()
        gone = install.journal.forget_all_but(before)
        round_.expect(gone > 0, "nothing was acknowledged after the backup: the load stood still")
        install.load.start(SENDERS // 2)
        install.wait_for_acknowledged(5)
        install.fault_ended = time.time()
        return round_.judged("backup under load, restore", backed_up_at=began - SLACK_S)
