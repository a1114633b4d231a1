"""Rounds about the end and the next start: SIGTERM under load, a wrong key, a clock that jumped."""

import hashlib
import time
from pathlib import Path

from tests.faults.install import Install
from tests.faults.mail_faults import PASSING
from tests.faults.oracle import Verdict
from tests.faults.rounds.ending import SENDERS, a_round

DAY_S = 86_400.0
WRONG_KEY = "f" * 64


def sigterm(folder: Path, seed: int, times: int = 2) -> Verdict:
    """SIGTERM while patients submit: what was taken is finished, and nobody's answer is cut in two."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS, fresh=True)
        for _ in range(times):
            install.wait_for_acknowledged(10)
            status = install.server.stop()
            round_.expect(status == 0, f"SIGTERM ended in status {status}")
            install.start()
            round_.look()
        verdict = round_.judged("SIGTERM under load")
        cut = {how: number for how, number in verdict.answers.items() if how.startswith(("cut", "stream cut"))}
        if cut:
            verdict.say(f"requests that got no answer at SIGTERM: {cut}")
        return verdict


def keys(folder: Path, seed: int) -> Verdict:
    """After a kill, a start with the wrong key or with none: refused in one line, and not a byte is touched."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS)
        install.wait_for_acknowledged(20)
        install.kill()
        before = _bytes(install)
        right = install.server.env["FRONTDESK_MASTER_KEY"]
        for key in (WRONG_KEY, None):
            install.server.env.pop("FRONTDESK_MASTER_KEY", None)
            install.server.env |= {"FRONTDESK_MASTER_KEY": key} if key else {}
            refused = install.server.run("serve")
            said = refused.stderr.strip()
            round_.expect(refused.returncode == 1, f"a start with key {key!r} ended in status {refused.returncode}")
            round_.expect(said.count("\n") == 0 and "MASTER_KEY" in said, f"a start with key {key!r} said {said!r}")
            changed = {name for name, digest in _bytes(install).items() if before.get(name) != digest}
            round_.expect(not changed, f"a start with key {key!r} changed {sorted(changed)}")
        install.server.env["FRONTDESK_MASTER_KEY"] = right
        install.start()
        round_.look()
        install.wait_for_acknowledged(10)
        return round_.judged("wrong key, no key")


def _bytes(install: Install) -> dict[str, str]:
    """{file: digest} of the data folder, without the lock, which names its owner."""
    files = [path for path in install.server.data.rglob("*") if path.is_file() and path.name != "owner.lock"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def clock(folder: Path, seed: int, jumps: tuple[float, ...] = (1.5 * DAY_S, 0.0, -DAY_S, 0.0)) -> Verdict:
    """The clock stands elsewhere after each restart, while notices wait for a mail server that is not there. By less
    than the two days after which a form must be shown anew."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS)
        for offset in jumps:
            install.misbehave(PASSING["not there"])
            install.wait_for_acknowledged(8)
            time.sleep(2)
            install.kill()
            install.server.env["FRONTDESK_CLOCK_OFFSET_S"] = str(offset)
            install.start()
            round_.look()
        install.misbehave({})
        install.wait_for_acknowledged(5)
        return round_.judged("clock jumps between restarts", expired_allowed=True)
