"""HTTP to the model server with bounds that hold for the whole exchange: one deadline from the look-up of the name to
the last byte, a cap on the reply, no redirect, no proxy, and no header that the server does not need. Imported only
when a model is used: what it stands on costs a second."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2

from app.llm.base import Failure, ModelFailed
from app.llm.deadline import Deadline

Connect = Callable[[str, int, float], socket.socket]
"""(host, port, deadline by time.monotonic) -> a connection; OSError when there is none, TimeoutError when late."""
_NEEDED = (b"host", b"content-type", b"content-length")
_MOST_CONNECTIONS = 64
_IDLE_S = 20.0
LONGEST_CONNECT_S = 5.0
"""From the look-up of the name to the end of the TLS handshake. Nothing can call a turn back while it connects."""
LOOK_S = 0.2
"""While nothing comes, how often a call looks whether it is still wanted."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of one request: `deadline`, `most_bytes` of the reply, and `leaving`, which is called with the exact body before
    the first byte is sent and may raise ModelFailed to stop it."""

    deadline: Deadline
    most_bytes: int
    leaving: Callable[[bytes], None]


class Line:
    """Kept-alive connections to one server. Safe to use from many threads."""

    def __init__(self, connect: Connect, api_key: str, trusted: ssl.SSLContext | None = None) -> None:
        self._headers = [(b"accept-encoding", b"identity"), (b"user-agent", b"Frontdesk")]
        if api_key:
            self._headers.append((b"authorization", b"Bearer " + api_key.encode()))
        self._pool = httpcore2.ConnectionPool(
            ssl_context=trusted or ssl.create_default_context(),
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=_MOST_CONNECTIONS // 8,
            keepalive_expiry=_IDLE_S,
            network_backend=_Backend(connect),
        )

    def client(self, bounds: Bounds) -> httpx2.Client:
        """For one request; nothing is left open when it is dropped."""
        return httpx2.Client(transport=_Transport(self._pool, self._headers, bounds), trust_env=False)

    def close(self) -> None:
        """Ends idle connections."""
        self._pool.close()


class _Transport(httpx2.BaseTransport):
    def __init__(self, pool: httpcore2.ConnectionPool, headers: list[tuple[bytes, bytes]], bounds: Bounds) -> None:
        self._pool, self._headers, self._bounds = pool, headers, bounds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises ModelFailed: LATE, UNREACHABLE, CUT, INVALID, TOO_LONG."""
        body, deadline = request.read(), self._bounds.deadline
        _left(deadline)
        self._bounds.leaving(body)
        accept = (b"accept", b"text/event-stream, application/json")
        needed = [(name, value) for name, value in request.headers.raw if name.lower() in _NEEDED]
        asked = httpcore2.Request(
            request.method,
            httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=[*needed, accept, *self._headers],
            content=body,
            extensions={
                "timeout": {
                    "connect": deadline.within(LONGEST_CONNECT_S),
                    "read": deadline,
                    "write": deadline,
                    "pool": _left(deadline),
                }
            },
        )
        with _failing_as(Failure.UNREACHABLE):
            answer = self._pool.handle_request(asked)
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, self._bounds), request=request
        )


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response, bounds: Bounds) -> None:
        self._answer, self._bounds = answer, bounds

    def __iter__(self) -> Iterator[bytes]:
        packed = {value.lower() for name, value in self._answer.headers if name.lower() == b"content-encoding"}
        if packed - {b"identity"}:  # a small bomb becomes a large text behind every cap
            raise ModelFailed(Failure.INVALID, "the reply is packed, which was not asked for")
        read = 0
        with _failing_as(Failure.CUT):
            for part in self._answer.iter_stream():
                read += len(part)
                if read > self._bounds.most_bytes:
                    raise ModelFailed(Failure.TOO_LONG, f"the reply is longer than {self._bounds.most_bytes} bytes")
                _left(self._bounds.deadline)
                yield part

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        with _errors(httpcore2.ConnectTimeout, httpcore2.ConnectError):
            sock = self._connect(host, port, _deadline(timeout).at)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Stream(sock)


class _Stream(httpcore2.NetworkStream):
    """A socket on which every `timeout` is the Deadline of the whole request. Seconds per read would let a server that
    sends a byte now and then hold a patient for ever."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        with _errors(httpcore2.ReadTimeout, httpcore2.ReadError):
            while True:
                self._sock.settimeout(min(LOOK_S, _seconds(timeout)))
                try:
                    return self._sock.recv(max_bytes)
                except TimeoutError:
                    continue

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        rest = memoryview(buffer)
        with _errors(httpcore2.WriteTimeout, httpcore2.WriteError):
            while rest:
                self._sock.settimeout(_seconds(timeout))
                rest = rest[self._sock.send(rest) :]

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None
    ) -> httpcore2.NetworkStream:
        with _errors(httpcore2.ConnectTimeout, httpcore2.ConnectError):
            try:
                self._sock.settimeout(_seconds(timeout))
                return _Stream(ssl_context.wrap_socket(self._sock, server_hostname=server_hostname))
            except BaseException:
                self.close()
                raise

    def get_extra_info(self, info: str) -> Any:
        """`is_readable` on an idle connection means that the server has closed it."""
        if info == "is_readable":
            return _readable(self._sock)
        return self._sock if info == "socket" else None

    def close(self) -> None:
        self._sock.close()


def _readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    import select

    poll = select.poll()  # select() itself fails on high file numbers
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _deadline(timeout: object) -> Deadline:
    if not isinstance(timeout, Deadline):
        raise ValueError("every request has a deadline")
    return timeout


def _seconds(timeout: object) -> float:
    seconds = _deadline(timeout).at - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds


def _left(deadline: Deadline) -> float:
    seconds = deadline.at - time.monotonic()
    if seconds <= 0:
        raise ModelFailed(Failure.LATE)
    return seconds


class _errors:  # noqa: N801
    """Errors of sockets as httpcore knows them; by what they came from, `_failing_as` tells them apart."""

    def __init__(self, late: type[Exception], broken: type[Exception]) -> None:
        self._late, self._broken = late, broken

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, TimeoutError):
            raise self._late("late") from problem
        if isinstance(problem, OSError):
            raise self._broken(type(problem).__name__) from problem


class _failing_as:  # noqa: N801
    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, httpcore2.TimeoutException):
            raise ModelFailed(Failure.LATE) from problem
        if isinstance(problem, httpcore2.NetworkError | httpcore2.ProtocolError | httpcore2.UnsupportedProtocol):
            raise ModelFailed(self._failure, type(problem).__name__) from problem
