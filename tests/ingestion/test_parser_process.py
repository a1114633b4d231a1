"""The parser process against hostile papers, deadlines and deaths. Slow papers are real ones, made to be slow."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingestion.parser_process import ParserProcess
from ingestion.types import ParseLimits, ParserBroke, Unreadable
from tests.ingestion.papers import drawn_pdf

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("llama_index", "pypdf", "pdfplumber", "openpyxl", "docx", "bs4", "lxml", "app", "markdown_it")


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    process = ParserProcess()
    yield process
    process.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child that nobody has waited for yet is dead too.
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


def gone(pid: int, seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def worked_s(pid: int) -> float:
    """Seconds of a processor that a process has had."""
    found = subprocess.run(["ps", "-o", "cputimes=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return float(found.stdout.strip() or 0)


def when_busy(pid: int, do: Callable[[int], object]) -> None:
    """Does it in a thread, once the process has worked for a second more than it has now."""
    before = worked_s(pid)

    def run() -> None:
        while is_alive(pid) and worked_s(pid) < before + 2:  # whole seconds: one more, and the beginning of another
            time.sleep(0.05)
        do(pid)

    threading.Thread(target=run, daemon=True).start()


def slow_pdf() -> bytes:
    """A PDF that takes many seconds: one page with many thousand words."""

    def draw(canvas) -> None:  # type: ignore[no-untyped-def]
        for place in range(20_000):
            canvas.drawString(72 + place % 300, 20 + place % 750, f"word {place}")

    return drawn_pdf(draw)


def test_papers_and_refusals_pass_the_border(parser: ParserProcess, tmp_path: Path) -> None:
    """Without it what the child found would not reach the server whole."""
    path = tmp_path / "a.csv"
    path.write_text("Payer,Status\nMeadow,In network\n")
    row = parser.parse(path, "payers.csv").chunks[0]
    assert row.cells == (("Payer", "Meadow"), ("Status", "In network"))
    pid = parser.pid
    with pytest.raises(Unreadable, match=r"'a\.pdf' is named like a PDF"):
        parser.parse(b"hello", "a.pdf")
    with pytest.raises(Unreadable, match="is empty"):
        parser.parse(b"", "a.pdf")
    assert parser.parse("# Lärm\n\n¿Qué?".encode(), "a.md").title == "Lärm"
    assert parser.pid == pid


def test_server_side_stays_light() -> None:
    """Without it the server would pay seconds and 100 MB for libraries that only the child needs."""
    code = f"""
import sys
from ingestion.parser_process import ParserProcess
if __name__ == "__main__":
    parser = ParserProcess()
    assert parser.parse(b"# Hi\\n\\nWe are open.", "a.md").chunks
    parser.close()
    print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_child_gets_no_secrets_and_no_files(parser: ParserProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a paper that takes over the parser could read the master key or the database."""
    monkeypatch.setenv("FRONTDESK_MASTER_KEY", "top-secret")
    read, write = os.pipe()
    os.set_inheritable(write, True)
    other = ParserProcess()
    try:
        other.parse(b"Hello to all", "a.txt")
        environment = Path(f"/proc/{other.pid}/environ")
        if not environment.exists():
            pytest.skip("this system has no /proc")
        assert b"top-secret" not in environment.read_bytes()
        targets = {os.readlink(entry) for entry in Path(f"/proc/{other.pid}/fd").iterdir()}
        assert os.readlink(f"/proc/self/fd/{write}") not in targets
        assert not any(target.startswith(str(ROOT)) for target in targets)
    finally:
        other.close()
        os.close(read)
        os.close(write)


def test_too_slow_is_killed_and_the_next_paper_is_read() -> None:
    """Without it one bad paper would hold up all others for ever."""
    parser = ParserProcess(ParseLimits(seconds=4))
    try:
        parser.parse(b"Warm", "a.txt")
        pid, data = parser.pid, slow_pdf()
        with pytest.raises(Unreadable, match=r"'slow\.pdf' took longer than 4 seconds"):
            parser.parse(data, "slow.pdf")
        assert pid is not None
        assert gone(pid)
        assert parser.parse(b"Still here", "a.txt").chunks[0].text == "Still here"
    finally:
        parser.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit the address space")
def test_too_large_in_memory_is_refused() -> None:
    """Without it a paper could take the memory of the whole machine."""
    parser = ParserProcess(ParseLimits(memory_mib=420))
    try:
        with pytest.raises(Unreadable, match=r"'many\.csv' (?:needs too much memory|is damaged)"):
            parser.parse(b"a,b,c,d,e,f\n" + b"1,2,3,4,5,6\n" * 1_500_000, "many.csv")
        assert parser.parse(b"Still here", "a.txt").chunks[0].text == "Still here"
    finally:
        parser.close()


@pytest.mark.parametrize(("sent", "error"), [(signal.SIGKILL, ParserBroke), (signal.SIGSEGV, Unreadable)])
def test_a_death_in_the_middle(sent: signal.Signals, error: type[Exception]) -> None:
    """Without it a kill from outside would condemn a good paper, or a crashing paper would be tried for ever."""
    parser = ParserProcess()
    try:
        parser.parse(b"Warm", "a.txt")
        assert parser.pid is not None
        data = slow_pdf()
        when_busy(parser.pid, lambda pid: os.kill(pid, sent))
        with pytest.raises(error):
            parser.parse(data, "slow.pdf")
        assert parser.parse(b"Still here", "a.txt").chunks[0].text == "Still here"
    finally:
        parser.close()


def test_idle_child_gives_its_memory_back() -> None:
    """Without it the server would carry 150 MB for the few papers of a week."""
    parser = ParserProcess(idle_s=3)
    parser.parse(b"Hello to all", "a.txt")
    assert parser.pid is not None
    assert gone(parser.pid)
    assert parser.pid is None
    assert parser.parse(b"Back again", "a.txt").chunks
    parser.close()


def test_close_and_warm() -> None:
    """Without it a stopped server would leave a process behind."""
    parser = ParserProcess()
    parser.warm()
    assert not parser._ready, "it waited until the child was there"
    pid = parser.pid
    assert pid is not None
    assert parser.parse(b"Hello to all", "a.txt").chunks
    assert parser.pid == pid
    data = slow_pdf()
    when_busy(pid, lambda _: parser.close())
    with pytest.raises(ParserBroke):
        parser.parse(data, "slow.pdf")
    assert gone(pid)
    parser.close()
    assert parser.pid is None


@pytest.mark.parametrize("busy", [False, True])
def test_child_dies_with_its_parent(busy: bool) -> None:
    """Without it every crash of the server would leave a parser running."""
    code = f"""
import threading
from ingestion.parser_process import ParserProcess
from tests.ingestion.test_parser_process import slow_pdf
parser = ParserProcess()
data = slow_pdf() if {busy} else b""
parser.parse(b"Warm", "a.txt")
print(parser.pid, flush=True)
parser.parse(data, "slow.pdf") if {busy} else threading.Event().wait()
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        child = int(server.stdout.readline())
        time.sleep(1)
        assert is_alive(child)
        server.send_signal(signal.SIGKILL)
    assert gone(child)


def test_many_threads_take_turns(parser: ParserProcess) -> None:
    """Without it two uploads at once would get each other's chunks."""
    found: dict[int, str] = {}

    def run(number: int) -> None:
        found[number] = parser.parse(f"Paper number {number}".encode(), f"{number}.txt").chunks[0].text

    threads = [threading.Thread(target=run, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"Paper number {number}" for number in range(12)}


def test_a_child_that_cannot_start() -> None:
    """Without it a broken installation would look like a broken paper."""
    parser = ParserProcess()
    parser._boot = "raise SystemExit('no such library')"
    with pytest.raises(ParserBroke, match="no such library"):
        parser.parse(b"Hello to all", "a.txt")


def test_no_network_is_tried() -> None:
    """Without it the first paper of an offline clinic would hang until downloads of language data time out."""
    code = """
import socket
def refuse(*args, **kwargs):
    raise SystemExit("a socket was opened")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from ingestion.pipeline import ingest
text = "We are open. Dr. Lee is here on Monday. " * 60
assert len(ingest(text.encode(), "a.txt").chunks) > 2
import sys
assert "nltk" not in sys.modules and "tiktoken" not in sys.modules
print("read")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "read", done.stderr
