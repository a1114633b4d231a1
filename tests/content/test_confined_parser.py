"""What a paper that takes over the parser could still do: nothing that leaves the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.parser_process import ParserProcess
from ingestion.types import Unreadable

ROOT = Path(__file__).resolve().parents[2]
WALK = """
def walk(who):
    for name, attempt in tries.items():
        try:
            attempt()
        except PermissionError:
            continue
        print(who, name)
walk("main")
other = threading.Thread(target=walk, args=("thread",)); other.start(); other.join()
"""
"""Every one of `tries`, in the first thread and in another: what is not refused is printed."""
TRIES = (
    """
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
"""
    + WALK
    + """print(open(mine).read())
child = subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], capture_output=True, text=True)
print("PermissionError" in child.stderr)
"""
)


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


READS = (
    """
import os, signal, sys, threading
from ingestion.reading_rights import give_up_reading
folder, server = sys.argv[1], os.getppid()
if not give_up_reading():
    sys.exit(77)
tries = {
    "a file": lambda: open(folder + "/frontdesk.db").read(),
    "names": lambda: os.listdir(folder),
    "a program": lambda: os.execv(folder + "/program", ["program"]),
    "the environment": lambda: open(f"/proc/{server}/environ").read(),
    "the memory": lambda: open(f"/proc/{server}/mem", "rb"),
    "keys": lambda: os.listdir("/etc"),
    "home": lambda: os.listdir(os.path.expanduser("~")),
}
"""
    + WALK
    + """if not os.fork():
    walk("child")
    sys.stdout.flush()
    os._exit(0)
os.wait()
import sqlite3, email.mime.text
print("done")
"""
)


def test_it_reads_its_own_code_and_nothing_of_the_user(tmp_path: Path) -> None:
    """It could not send a stranger's request away, but quote it as a passage of the paper that took it over."""
    (tmp_path / "frontdesk.db").write_text("patients")
    (tmp_path / "program").write_text("#!/bin/sh\n")
    (tmp_path / "program").chmod(0o700)
    command = [sys.executable, "-c", READS, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this system has no Landlock")
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


RUNS_TESSERACT = """
import subprocess, sys
from ingestion.reading_rights import give_up_reading
if not give_up_reading():
    sys.exit(77)
sys.exit(subprocess.run(["tesseract"], check=False).returncode)
"""


def test_tesseract_of_another_place_finds_its_languages_and_no_more(tmp_path: Path) -> None:
    """Scans of a clinic whose Tesseract is in /opt would not be read any more after the upgrade."""
    for folder, text in (("share/tessdata", "eng"), ("data", "patients")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "kept").write_text(text)
    program = tmp_path / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncat "{tmp_path}/share/tessdata/kept"\ncat "{tmp_path}/data/kept" 2>&1\n')
    program.chmod(0o700)
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-c", RUNS_TESSERACT]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this system has no Landlock")
    assert done.stdout.startswith("eng"), done.stderr
    assert "patients" not in done.stdout


TAKEN_OVER = (
    "import sys; sys.path.insert(0, sys.argv[1])\n"
    "from ingestion import parser_child\n"
    "from ingestion.types import Unreadable\n"
    "def ingest(data, filename, limits):\n"
    "    raise Unreadable(open(filename).read())\n"
    "begin = parser_child.confine\n"
    "def late():\n"
    "    from ingestion import pipeline\n"
    "    pipeline.ingest = ingest\n"
    "    return begin()\n"
    "parser_child.confine = late\n"
    "parser_child.main()\n"
)


def test_a_parser_that_was_taken_over_cannot_read_the_data(tmp_path: Path) -> None:
    """The rights would be given up in a test and not in the process that reads papers."""
    if subprocess.run([sys.executable, "-c", READS, str(tmp_path)], cwd=ROOT, capture_output=True).returncode == 77:
        pytest.skip("this system has no Landlock")
    secret = tmp_path / "frontdesk.db"
    secret.write_text("a patient's words")
    parser = ParserProcess()
    parser._boot = TAKEN_OVER
    try:
        with pytest.raises(Unreadable) as refused:
            parser.parse(b"a paper", str(secret))
    finally:
        parser.close()
    assert "patient's words" not in str(refused.value)
    assert "damaged" in str(refused.value)


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
