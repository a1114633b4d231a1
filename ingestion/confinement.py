"""Takes from the parser process what reading a paper never needs: sockets, writing to files, other processes' memory.

A seccomp filter, which Linux has on x86-64 and arm64, also in containers and without privileges. What is refused fails
with EPERM; the filter cannot be taken off again and passes to every thread and child."""

import ctypes
import os
import platform
import struct
import sys

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_X32 = 0x40000000  # a second table of the same calls on x86-64
_REFUSED = {
    "x86_64": {
        "socket": 41, "socketpair": 53, "io_uring_setup": 425, "ptrace": 101, "process_vm_readv": 310,
        "process_vm_writev": 311, "pidfd_getfd": 438,
        "openat2": 437, "creat": 85, "mkdir": 83, "mkdirat": 258, "mknod": 133, "mknodat": 259, "rmdir": 84,
        "unlink": 87, "unlinkat": 263, "rename": 82, "renameat": 264, "renameat2": 316, "link": 86, "linkat": 265,
        "symlink": 88, "symlinkat": 266, "truncate": 76, "chmod": 90, "fchmodat": 268, "fchmodat2": 452,
        "chown": 92, "lchown": 94, "fchownat": 260, "mount": 165, "unshare": 272, "userfaultfd": 323, "bpf": 321,
    },
    "aarch64": {
        "socket": 198, "socketpair": 199, "io_uring_setup": 425, "ptrace": 117, "process_vm_readv": 270,
        "process_vm_writev": 271, "pidfd_getfd": 438,
        "openat2": 437, "mkdirat": 34, "mknodat": 33, "unlinkat": 35, "renameat": 38, "renameat2": 276, "linkat": 37,
        "symlinkat": 36, "truncate": 45, "fchmodat": 53, "fchmodat2": 452, "fchownat": 54, "mount": 40,
        "unshare": 97, "userfaultfd": 282, "bpf": 280,
    },
}  # fmt: skip
_OPENS = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}
"""(call, which argument holds the flags)"""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _EPERM = 0x7FFF0000, 0x00050001
_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def confine() -> bool:
    """Confines this process for good. False where the system cannot: there the limits of memory, time and file size
    are all that holds."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _SECCOMP or struct.calcsize("P") != 8:
        return False
    code = _filter(machine)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(_SECCOMP[machine], _SET_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def _filter(machine: str) -> bytes:
    """The program that the kernel runs at each call; see seccomp(2)."""
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _AUDIT_ARCH[machine]), (_RETURN, 0, 0, _EPERM), (_LOAD, 0, 0, 0)]
    if machine == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _EPERM)]
    for number in _REFUSED[machine].values():
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _EPERM)]
    for number, argument in _OPENS[machine]:
        flags = (_LOAD, 0, 0, 16 + 8 * argument)
        steps += [(_EQUAL, 0, 4, number), flags, (_ANY_BIT, 0, 1, _WRITING)]
        steps += [(_RETURN, 0, 0, _EPERM), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
