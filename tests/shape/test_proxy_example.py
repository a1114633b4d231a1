"""docs/examples/nginx.conf, run by a real nginx: https, streaming, and headers that a visitor cannot forge."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
import uvicorn

from tests.shape.tree import ROOT

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
MESSAGE = dict[str, Any]
Receive = Callable[[], Awaitable[MESSAGE]]
Send = Callable[[MESSAGE], Awaitable[None]]


@dataclass(frozen=True)
class Proxied:
    """A proxy in front of an app. The app's stream sends its second piece only after `go_on` is set."""

    https: str
    http: str
    client: httpx.Client
    go_on: threading.Event


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def make_app(go_on: threading.Event) -> Callable[..., Awaitable[None]]:
    """`/stream` waits between its two pieces; every other path answers with the request's headers and body size."""

    async def app(
        scope: MESSAGE, receive: Callable[[], Awaitable[MESSAGE]], send: Callable[..., Awaitable[None]]
    ) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        if scope["path"] == "/stream":
            await send({"type": "http.response.body", "body": b"event: saved\n\n", "more_body": True})
            await asyncio.to_thread(go_on.wait, 10)
            await send({"type": "http.response.body", "body": b"event: done\n\n"})
        else:
            lines = [b": ".join(pair) for pair in scope["headers"]] + [b"size: %d" % size]
            await send({"type": "http.response.body", "body": b"\n".join(lines)})

    return app


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    if NGINX is None:
        if os.environ.get("CI"):
            pytest.fail("no nginx; scripts/test installs it")
        pytest.skip("no nginx on this machine (Debian: apt-get install nginx-light)")
    folder = tmp_path_factory.mktemp("nginx")
    authority, go_on = trustme.CA(), threading.Event()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for number, blob in enumerate(certificate.cert_chain_pems):
        blob.write_to_path(folder / "cert.pem", append=number > 0)
    context = ssl.create_default_context()
    authority.configure_trust(context)

    upstream = uvicorn.Server(
        uvicorn.Config(make_app(go_on), host="127.0.0.1", port=0, log_level="error", ws="none", lifespan="off")
    )
    thread = threading.Thread(target=upstream.run)
    thread.start()
    until(lambda: upstream.started, "the app did not start")
    port = upstream.servers[0].sockets[0].getsockname()[1]
    http, https = free_port(), free_port()
    start_file = write_configuration(folder, upstream=port, http=http, https=https)
    process = subprocess.Popen([NGINX, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(start_file)])
    try:
        until(lambda: answers(https), "nginx did not start", lambda: (folder / "error.log").read_text())
        with httpx.Client(verify=context, timeout=90) as client:
            yield Proxied(f"https://localhost:{https}", f"http://localhost:{http}", client, go_on)
    finally:
        go_on.set()
        process.terminate()
        process.wait(120)
        upstream.should_exit = True
        thread.join(120)


def write_configuration(folder: Path, *, upstream: int, http: int, https: int) -> Path:
    """The example with this test's ports and certificate, inside the smallest nginx.conf that can include it."""
    changes = {
        "listen 80;": f"listen 127.0.0.1:{http};",
        "listen 443 ssl;": f"listen 127.0.0.1:{https} ssl;",
        "/etc/ssl/desk.clinic.example.pem": str(folder / "cert.pem"),
        "/etc/ssl/private/desk.clinic.example.key": str(folder / "key.pem"),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{upstream}",
    }
    text = (ROOT / "docs/examples/nginx.conf").read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; {user} pid {folder}/nginx.pid; worker_processes 1;\nevents {{}}\n"
        f"http {{ access_log off; {temporary}\ninclude {folder}/site.conf; }}\n"
    )
    return main


def until(condition: Callable[[], bool], otherwise: str, explain: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, f"{otherwise}: {explain()}"
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def test_plain_http_goes_to_https(proxied: Proxied) -> None:
    """A patient's words must not cross the net in the clear because a link lacked one letter."""
    reply = proxied.client.get(f"{proxied.http}/chat/x?y=1")
    assert (reply.status_code, reply.headers["location"]) == (301, "https://localhost/chat/x?y=1")


def test_replies_stream(proxied: Proxied) -> None:
    """A proxy that buffers shows nothing until the whole answer is there."""
    with proxied.client.stream("GET", f"{proxied.https}/stream") as reply:
        pieces = reply.iter_bytes()
        assert next(pieces) == b"event: saved\n\n"
        proxied.go_on.set()
        assert next(pieces) == b"event: done\n\n"
    assert "max-age" in reply.headers["strict-transport-security"]


def test_a_visitor_cannot_choose_its_address(proxied: Proxied) -> None:
    """A forged address would dodge the limits per address and falsify the audit."""
    forged = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http", "forwarded": "for=203.0.113.9"}
    lines = proxied.client.get(f"{proxied.https}/", headers=forged).text.split("\n")
    assert "x-forwarded-for: 127.0.0.1" in lines
    assert "x-forwarded-proto: https" in lines
    assert f"host: {proxied.https.removeprefix('https://')}" in lines
    assert "203.0.113.9" not in "\n".join(lines)


def test_a_paper_of_the_largest_size_passes(proxied: Proxied) -> None:
    """nginx's own limit is 1 MB: most papers would fail with a page that explains nothing."""
    assert "size: 20500000" in proxied.client.post(f"{proxied.https}/", content=b"x" * 20_500_000).text
    assert proxied.client.post(f"{proxied.https}/", content=b"x" * 25_000_000).status_code == 413


def test_the_figures_are_not_for_the_public(proxied: Proxied) -> None:
    """They count every clinic's requests, and each look costs the database a walk over all of them."""
    assert proxied.client.get(f"{proxied.https}/metrics").status_code == 404
    assert proxied.client.get(f"{proxied.https}/healthz").status_code == 200
