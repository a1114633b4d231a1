"""An update at noon: whoever had reached the door is answered."""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.closing_door import queued
from app.http_server import HttpServer
from tests.server import serving, wait_for

CALLERS = 40


def ask(line: socket.socket) -> None:
    """One request."""
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")


def heard(line: socket.socket) -> bytes:
    """The first line of the answer, or what came in its place."""
    with line:
        try:
            return line.recv(65536).split(b"\r\n")[0]
        except OSError as problem:
            return type(problem).__name__.encode()


def refused(address: tuple[str, int]) -> bool:
    """Whether nobody new is let in. While the port closes they hear nothing; then they are refused."""
    try:
        socket.create_connection(address, timeout=0.5).close()
    except (TimeoutError, ConnectionRefusedError):
        return True
    return False


async def empty(_scope: Any, _receive: Any, send: Callable[[dict[str, Any]], Any]) -> None:
    """An application that answers with nothing but a status."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def ended_over(asking: Callable[[socket.socket], None]) -> list[socket.socket]:
    """Callers whom the server had no moment to let in before it was ended."""
    config = uvicorn.Config(empty, lifespan="off", log_config=None)
    config.load()
    server = HttpServer(config, None)
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        await server.startup([listener])
        lines = [socket.create_connection(address, timeout=60) for _ in range(CALLERS)]
        for line in lines:
            asking(line)
        await server.shutdown([listener])
    assert refused(address)
    return lines


def test_callers_who_were_not_let_in_yet_are_answered() -> None:
    """They got a reset: the port closed over the queue in which the system keeps them."""
    lines = asyncio.run(ended_over(ask))
    assert [heard(line) for line in lines] == [b"HTTP/1.1 204 No Content"] * CALLERS


def test_nobody_new_is_let_in_after_the_last_look_at_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """They got a reset: the port was still open while the queue was no longer looked at."""
    late: list[str] = []

    def looked(listener: socket.socket) -> list[socket.socket]:
        waiting = queued(listener)
        try:
            socket.create_connection(listener.getsockname(), timeout=0.5).close()
            late.append("let in")
        except TimeoutError:
            late.append("turned away")
        return waiting

    monkeypatch.setattr("app.http_server.queued", looked)
    lines = asyncio.run(ended_over(ask))
    assert late == ["turned away"]
    assert [heard(line) for line in lines] == [b"HTTP/1.1 204 No Content"] * CALLERS


def test_callers_who_ask_nothing_do_not_hold_up_the_end() -> None:
    """Browsers open connections that they then do not use."""
    began = time.monotonic()
    lines = asyncio.run(ended_over(lambda line: None))
    assert time.monotonic() - began < 10
    assert [heard(line) for line in lines] == [b""] * CALLERS


def test_a_caller_whose_request_is_still_on_its_way_is_answered(tmp_path: Path) -> None:
    """They got a reset: a connection on which nothing was read yet was closed as an idle one."""
    with serving(tmp_path) as server:
        assert server.process is not None
        slow = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        server.process.terminate()
        wait_for("the closed port", lambda: refused(("127.0.0.1", server.port)))
        ask(slow)
        assert heard(slow) == b"HTTP/1.1 200 OK"
        assert server.process.wait(120) == 0
