"""Rotates the keys of a store in a process of its own that is killed at the step it is told; prints how many there
were. Run: python rotation_child.py DATA_DIR MASTER NEW_KEY_FILE STEP"""

import os
import signal
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def count_steps(deadly: int) -> list[int]:
    """Every fsync, rename and removal is a step before which the process may die."""
    steps = [0]

    def watched(function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            steps[0] += 1
            if steps[0] == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return call

    for name in ("fsync", "replace", "rename", "unlink"):
        setattr(os, name, watched(getattr(os, name)))
    return steps


def main() -> None:
    """See above."""
    folder, master, new_key_file, deadly = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    from pydantic import SecretStr

    from app.clock import system_clock
    from app.settings import Settings
    from app.store.audit import COMMAND
    from app.store.opening import open_store
    from app.store.upkeep import Upkeep
    from app.usecases.rotate_keys import rotate_keys

    settings = Settings(env="test", data_dir=folder, master_key=SecretStr(master))
    steps = count_steps(deadly)
    store = open_store(settings)
    desk: Any = SimpleNamespace(
        settings=settings,
        keyring=store.keyring,
        database=store.database,
        uploads=store.uploads,
        clock=system_clock(0),
        upkeep=Upkeep(),
    )
    rotate_keys(desk, COMMAND, new_key_file=new_key_file)
    store.database.close()
    print(steps[0])


if __name__ == "__main__":
    main()
