"""What a paper that takes over the parser could still do: nothing that leaves the process."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.parser_process import ParserProcess

ROOT = Path(__file__).resolve().parents[2]
TRIES = """
import os, socket, subprocess, sys, threading
from ingestion.confinement import confine
folder, mine = sys.argv[1], sys.argv[1] + "/mine"
if not confine():
    sys.exit(77)
def flag(flags):
    os.close(os.open(mine, flags))
tries = {
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "tcp": lambda: socket.socket(),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "pair": socket.socketpair,
    "new": lambda: open(folder + "/new", "w"),
    "over": lambda: flag(os.O_WRONLY),
    "append": lambda: flag(os.O_RDWR | os.O_APPEND),
    "empty": lambda: flag(os.O_RDONLY | os.O_TRUNC),
    "truncate": lambda: os.truncate(mine, 0),
    "folder": lambda: os.mkdir(folder + "/sub"),
    "remove": lambda: os.unlink(mine),
    "rename": lambda: os.rename(mine, folder + "/yours"),
    "link": lambda: os.link(mine, folder + "/twin"),
    "symlink": lambda: os.symlink(mine, folder + "/sym"),
    "mode": lambda: os.chmod(mine, 0o777),
}
def walk(who):
    for name, attempt in tries.items():
        try:
            attempt()
        except PermissionError:
            continue
        print(who, name)
walk("main")
other = threading.Thread(target=walk, args=("thread",)); other.start(); other.join()
print(open(mine).read())
child = subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], capture_output=True, text=True)
print("PermissionError" in child.stderr)
"""


def test_confined_process_reads_and_nothing_else(tmp_path: Path) -> None:
    """A hole in a PDF library would be a way to the patients' database, or out of the house with a clinic's papers."""
    (tmp_path / "mine").write_text("as it was")
    command = [sys.executable, "-c", TRIES, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this system has no seccomp filters")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n") == ["as it was", "True", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine").read_text() == "as it was"


def test_parser_is_confined_before_its_first_paper() -> None:
    """The filter would be written and never put on."""
    parser = ParserProcess()
    try:
        assert parser.parse(b"# Visits\n\nBring your card.\n", "a.md").chunks
        status = Path(f"/proc/{parser.pid}/status")
        if not status.exists():
            pytest.skip("this system has no /proc")
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        if "Seccomp" not in fields:
            pytest.skip("this system has no seccomp filters")
        assert (fields["Seccomp"], fields["NoNewPrivs"]) == ("2", "1")
    finally:
        parser.close()
