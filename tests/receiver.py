"""A real HTTP server that notices are posted to; a test chooses its answers."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Posted:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    taken: bool = False
    """It was answered with 2xx; whether the answer arrived nobody here can know."""


@dataclass
class Receiver:
    """Keeps what is posted. `how`: answer, drop (closes without a word), hang, or endless (a body without end)."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "answer"
    posted: list[Posted] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def receiver(tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """Listens on a free port of 127.0.0.1; `host` is what its address says."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted = Posted(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            kept.posted.append(posted)
            if kept.how == "drop":
                return
            if kept.how == "hang":
                kept.released.wait(300)
                return
            self.send_response(kept.status)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            posted.taken = 200 <= kept.status < 300
            self.end_headers()
            while kept.how == "endless" and not kept.released.wait(0.01):
                self.wfile.write(b"x" * 65536)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the client went away, which some tests want
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    kept.url = f"{'https' if tls else 'http'}://{host}:{server.server_address[1]}/hook/T0/B0/token-of-the-clinic"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        kept.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
