"""Ways to end a server without notice: at a random moment, or as it enters a chosen system call."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.install import Install
from tests.server import wait_for


def can_trace() -> bool:
    """Whether strace is here and may trace."""
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-qq", "-e", "trace=none", "true"], check=False).returncode == 0
    )


def kill_at_random(install: Install, longest_s: float) -> None:
    """kill -9 after up to `longest_s` seconds of work."""
    time.sleep(install.chance.uniform(0, longest_s))
    install.kill()


def kill_while_starting(install: Install, longest_s: float) -> None:
    """Starts the server and ends it within `longest_s` seconds, whether or not it answers by then."""
    install.server.launch()
    kill_at_random(install, longest_s)


@contextmanager
def injected(install: Install, calls: str, what: str) -> Iterator[None]:
    """While it lasts, strace does `what` (its own words, such as `error=EIO:when=3+20`) to these calls of the running
    server; it counts each thread's calls apart."""
    assert install.server.process is not None
    pid = str(install.server.process.pid)
    command = [
        "strace",
        "-f",
        "-qq",
        "-p",
        pid,
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={calls}:{what}",
        "-o",
        "/dev/null",
    ]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for("the tracer", lambda: _traced(pid) or tracer.poll() is not None)
        yield
    finally:
        tracer.terminate()
        tracer.wait(30)


def _traced(pid: str) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return True
    return "TracerPid:\t0\n" not in status


def die_at(install: Install, calls: str, number: int, patience_s: float = 20.0) -> bool:
    """The server dies as one of its threads enters one of `calls` for the `number`-th time from now. Returns False
    when it did not within `patience_s` seconds; then it is killed."""
    process = install.server.process
    assert process is not None
    with injected(install, calls, f"signal=SIGKILL:when={number}"):
        deadline = time.monotonic() + patience_s
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    died = process.poll() is not None
    if died:
        install.died()
    else:
        install.kill()
    return died
