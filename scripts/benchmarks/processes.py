"""Starts Frontdesk and the bare application, each in a process of its own, and looks at them from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.mail import free_port
from tests.server import ROOT, Server

LOOK_S = 0.005
PATIENCE_S = 60.0


class Bare:
    """The bare application; same ways to start and ask as `tests.server.Server`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.env = os.environ | {"BARE_DATABASE": str(folder / "bare.db")}
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30)
        self.process: subprocess.Popen[bytes] | None = None


def command_of(one: Server | Bare) -> list[str]:
    """How its process is started."""
    if isinstance(one, Server):
        return [sys.executable, "-m", "app", "serve"]
    uvicorn = [sys.executable, "-m", "uvicorn", "scripts.benchmarks.bare:app", "--port", str(one.port)]
    return [*uvicorn, "--no-access-log", "--log-level", "warning"]


@contextmanager
def running(one: Server | Bare) -> Iterator[float]:
    """Starts it, waits for health, and ends it afterwards. Gives the `perf_counter` of the start."""
    began = time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    one.process = subprocess.Popen(command_of(one), cwd=ROOT, env=one.env, **silent)
    try:
        wait_for_health(one)
        yield began
    finally:
        one.process.terminate()
        one.process.wait(40)


def wait_for_health(one: Server | Bare) -> None:
    """Returns at the first 200; raises when the process ends or takes too long."""
    deadline = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < deadline:
        if one.process is None or one.process.poll() is not None:
            break
        try:
            if one.http.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(LOOK_S)
    raise RuntimeError(f"{' '.join(command_of(one))} did not answer")


def peak_mib(pid: int) -> float:
    """The most memory that the process ever held, in MiB."""
    return _status_mib(pid, "VmHWM")


def resident_mib(pid: int) -> float:
    """The memory that it holds now, in MiB."""
    return _status_mib(pid, "VmRSS")


def processor_ms(pid: int) -> float:
    """The processor time that the process has taken so far, its own and the system's for it, in ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """Processes that it started and that still run."""
    listed = [task.joinpath("children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return [int(child) for line in listed for child in line.split()]


def _status_mib(pid: int, field: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024
