"""A port that is to close: who comes from now on is turned away, and who was at the door is let in first."""

import ctypes
import socket
import struct
import sys

SO_ATTACH_FILTER = 26
"""Linux, socket(7); Python has no name for it."""

ARRIVAL_S = 0.05
"""For callers in the middle of the system's handshake."""

_NO_NEW_CALLERS = (  # (operation, jump if true, jump if false, operand), linux/filter.h
    (0x30, 0, 0, 13),  # the flags of the TCP header
    (0x54, 0, 0, 0x12),  # of them SYN and ACK
    (0x15, 0, 1, 0x02),  # SYN alone, which asks for a connection,
    (0x06, 0, 0, 0),  # is dropped: the caller asks again after a second, and then finds the port closed
    (0x06, 0, 0, 0xFFFFFFFF),
)


def turn_away(listener: socket.socket) -> None:
    """Lets no new caller into the queue of `listener`, which otherwise would reset those who come between the last
    look into it and its end. Elsewhere than on Linux that gap of some milliseconds stays."""
    if sys.platform != "linux":
        return
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _NO_NEW_CALLERS))
    program = struct.pack("HP", len(_NO_NEW_CALLERS), ctypes.addressof(code))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def queued(listener: socket.socket) -> list[socket.socket]:
    """Whoever waits to be let in."""
    listener.setblocking(False)
    waiting: list[socket.socket] = []
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return waiting
        connection.setblocking(False)
        waiting.append(connection)
