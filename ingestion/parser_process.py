"""Reads papers in a process of their own, so that a hostile or huge one can neither stop nor bloat the server.

The child is started when needed, gets one paper at a time, is killed when a paper takes too long, and ends when it has
been idle, which gives its memory back. This module imports no parsing library; only the child does.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ingestion.types import Parsed, ParseLimits, ParserBroke, Unreadable
from ingestion.wire import pack_limits, receive, send, unpack_parsed

_ROOT = Path(__file__).resolve().parent.parent
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from ingestion.parser_child import main; main()"
_KEPT_ENV = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT", "TESSDATA_PREFIX")
_START_S = 120.0
# Signals that come from outside, not from what a paper made the parser do: HUP, INT, KILL, TERM.
_OUTSIDE = {-1, -2, -9, -15}


class ParserProcess:
    """One parser process, used by any number of threads. `idle_s`: seconds without work after which it ends."""

    def __init__(self, limits: ParseLimits | None = None, *, idle_s: float = 60.0) -> None:
        self._limits = limits or ParseLimits()
        self._idle_s = idle_s
        self._boot = _BOOT
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._ready = False
        self._errors: IO[bytes] | None = None
        self._idle: threading.Timer | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the running child, if there is one."""
        child = self._child
        return child.pid if child and child.poll() is None else None

    def warm(self) -> None:
        """Start the child ahead and return at once; it is ready some seconds later. Busy or running: nothing to do."""
        if self._lock.acquire(blocking=False):
            try:
                self._spawn()
                self._rest()
            finally:
                self._lock.release()

    def parse(self, data: bytes | Path, filename: str) -> Parsed:
        """Read one paper; waits for its turn. Raises Unreadable (the paper's fault) or ParserBroke (try again)."""
        limits = self._limits
        if isinstance(data, Path):
            size = data.stat().st_size
            # One byte too many is enough for the child to refuse it with the right sentence.
            with data.open("rb") as file:
                data = file.read(min(size, limits.bytes + 1))
        with self._lock:
            self._start()
            try:
                reply = self._ask({"filename": filename, "limits": pack_limits(limits)}, data, filename)
            except BaseException:
                self._stop()
                raise
            if "spent" in reply:
                self._stop()
            self._rest()
        return _understand(reply, filename)

    def close(self) -> None:
        """End the child at once, also in the middle of a paper (whose `parse` then raises ParserBroke); the next
        `parse` starts a new one."""
        if child := self._child:
            _kill(child)
        with self._lock:
            self._stop()

    def _spawn(self) -> None:
        if self.pid is not None:
            return
        self._stop()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in _stop
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-I", "-c", self._boot, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={name: os.environ[name] for name in _KEPT_ENV if name in os.environ},  # no keys, no passwords
                cwd="/",
                close_fds=True,
                start_new_session=True,  # Ctrl-C in the terminal is for the server, which then closes the child
            )
        except OSError as error:
            self._stop()
            raise ParserBroke(f"the parser process did not start: {error}") from error

    def _start(self) -> None:
        """A child that has said that it is ready."""
        if self._idle:
            self._idle.cancel()
        self._spawn()
        if self._ready:
            return
        try:
            with self._deadline(_START_S):
                receive(self._pipe("stdout"))
        except (EOFError, ValueError, OSError) as error:
            said = self._last_words()
            self._stop()
            raise ParserBroke(f"the parser process did not start: {said or error!r}") from error
        self._ready = True

    def _ask(self, request: dict[str, Any], data: bytes, filename: str) -> dict[str, Any]:
        child = self._child
        try:
            with self._deadline(self._limits.seconds) as late:
                send(self._pipe("stdin"), request, data)
                return receive(self._pipe("stdout"))[0]
        except (EOFError, OSError, ValueError) as error:
            code = child.wait(5) if child else None
            if late.is_set():
                raise Unreadable(
                    f"{filename!r} took longer than {self._limits.seconds:.0f} seconds to read. "
                    "Please split it, or save it again as a simple PDF."
                ) from error
            if code in _OUTSIDE or code == 0:
                raise ParserBroke(f"the parser process ended from outside (code {code!r})") from error
            raise Unreadable(_broken(filename)) from error

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[threading.Event]:
        """Kill the child after some seconds: its pipes then end, which wakes whoever waits on them."""
        late, child = threading.Event(), self._child

        def kill() -> None:
            late.set()
            if child:
                _kill(child)

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def _pipe(self, name: str) -> Any:
        return getattr(self._child, name)

    def _rest(self) -> None:
        """Let the child end after a while without work."""
        if self._idle:
            self._idle.cancel()
        self._idle = threading.Timer(self._idle_s, self._doze)
        self._idle.daemon = True
        self._idle.start()

    def _doze(self) -> None:
        timer = threading.current_thread()
        if self._lock.acquire(blocking=False):
            try:
                if self._idle is timer:
                    self._stop()
            finally:
                self._lock.release()

    def _stop(self) -> None:
        if self._idle:
            self._idle.cancel()
        self._idle, self._ready = None, False
        child, self._child = self._child, None
        if child:
            _kill(child)
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream:
                    with suppress(OSError):  # bytes that the child never took
                        stream.close()
        if self._errors:
            self._errors.close()
            self._errors = None

    def _last_words(self) -> str:
        """The last line that the child wrote before it ended."""
        if not self._errors or not self._child:
            return ""
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(2)
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def _kill(child: "subprocess.Popen[bytes]") -> None:
    """End the child and what it started; they are a process group of their own."""
    if child.returncode is None:
        with suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()


def _understand(reply: dict[str, Any], filename: str) -> Parsed:
    if "parsed" in reply:
        try:
            return unpack_parsed(reply["parsed"])
        except (KeyError, TypeError, ValueError) as error:
            raise ParserBroke(f"the parser process sent nonsense for {filename!r}") from error
    if "unreadable" in reply:
        raise Unreadable(str(reply["unreadable"]))
    if "memory" in reply:
        raise Unreadable(f"{filename!r} needs too much memory to read. Please split it into smaller files.")
    raise Unreadable(_broken(filename))


def _broken(filename: str) -> str:
    return f"{filename!r} is damaged in a way we cannot read. Please save it again, as PDF if you can."
