"""Lets the parser process read its own code, the system's libraries and Tesseract, and no other file of the user: not
the clinics' data, not the master key, not what the server has in /proc.

Landlock, which Linux has since 5.13 without privileges, also in containers. What is refused fails with EACCES; the
right cannot be had back, and every thread and child begun later has no more of it."""

import ctypes
import os
import platform
import shutil
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_ASK_VERSION, _BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_EXECUTE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
_OF_FILES, _OF_FOLDERS = _EXECUTE | _READ_FILE, _EXECUTE | _READ_FILE | _READ_FOLDER
_SIGNALS, _SCOPES_SINCE = 1 << 1, 6
_ROOT = Path(__file__).resolve().parent.parent
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store")
"""Where distributions keep programs and libraries. Not /etc, where the key may be."""
SINGLE = (
    "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/etc/ssl/openssl.cnf", "/dev/null", "/dev/random",
    "/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu",
)  # fmt: skip


def give_up_reading() -> bool:
    """For this thread and what it starts, for good; so call it while there is one thread. False where the system has
    no Landlock: there every file of the user can be read."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64") or struct.calcsize("P") != 8:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    rules = (
        struct.pack("=QQQ", _OF_FOLDERS, 0, _SIGNALS) if version >= _SCOPES_SINCE else struct.pack("=Q", _OF_FOLDERS)
    )
    ruleset = libc.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    try:
        for path in _readable():
            _allow(libc, ruleset, path)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _readable() -> Iterator[Path]:
    """An install's data may lie beside its code, so of that only the packages which the parser needs."""
    yield from (_ROOT / "ingestion", _ROOT / "knowledge")
    yield from (Path(place) for place in (sys.prefix, sys.base_prefix, *SYSTEM, *SINGLE))
    if found := shutil.which("tesseract"):
        program = Path(found).resolve()
        yield program
        if program.parent.name == "bin":  # one of /opt or of another environment has its libraries and languages there
            yield from (program.parent.parent / part for part in ("lib", "share/tessdata"))
    if words := os.environ.get("TESSDATA_PREFIX"):
        yield Path(words)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    with suppress(OSError):  # what is not there needs no rule
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = struct.pack("=Qi", _OF_FOLDERS if path.is_dir() else _OF_FILES, handle)
            libc.syscall(_ADD, ruleset, _BENEATH, rule, 0)
        finally:
            os.close(handle)
