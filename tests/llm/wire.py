"""A scripted OpenAI-compatible server on loopback: real sockets, chat/completions with and without streaming. A script
looks at what was asked and chooses a behaviour; every request is kept to the byte."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST_HANG_S = 60.0


@dataclass(frozen=True)
class Asked:
    """One request as it came. `n` counts from 0 on this server."""

    n: int
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    raw: bytes = field(repr=False)

    @property
    def body(self) -> dict[str, Any]:
        """The request's JSON object; empty for a GET."""
        return json.loads(self.raw) if self.raw else {}  # type: ignore[no-any-return]

    @property
    def streamed(self) -> bool:
        """Whether server-sent events are wanted."""
        return bool(self.body.get("stream"))

    @property
    def text(self) -> str:
        """All messages' words, in order."""
        return "\n".join(_words(message.get("content")) for message in self.body.get("messages", []))

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema that is asked for in whatever form: response_format or a tool's parameters."""
        wanted = self.body.get("response_format") or {}
        found = (wanted.get("json_schema") or {}).get("schema") or wanted.get("schema")
        for tool in self.body.get("tools") or []:
            found = found or tool["function"].get("parameters")
        return found  # type: ignore[no-any-return]

    @property
    def form(self) -> str:
        """ "json_schema", "json_object", "tool" or "text": how the answer is wanted."""
        kind = (self.body.get("response_format") or {}).get("type", "text")
        return "tool" if self.body.get("tools") else str(kind)

    @property
    def max_tokens(self) -> int:
        """The most that the answer may have."""
        return int(self.body.get("max_completion_tokens") or self.body.get("max_tokens") or 16)


def _words(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return str(content or "")


class Line:
    """The open connection on which a behaviour answers `asked`."""

    def __init__(self, asked: Asked, handler: BaseHTTPRequestHandler, over: threading.Event) -> None:
        self.asked, self._handler, self._over = asked, handler, over

    def head(self, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """The status line and headers."""
        self._handler.send_response(status)
        for name, value in ({"Connection": "close"} | (headers or {})).items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        """Bytes as they are, on the wire at once."""
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def chunk(self, data: bytes) -> None:
        """One chunk of a chunked body; an empty one ends it."""
        self.write(b"%x\r\n%s\r\n" % (len(data), data))

    def json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """A whole JSON reply."""
        self.whole(json.dumps(value).encode(), status, {"Content-Type": "application/json"} | (headers or {}))

    def whole(self, data: bytes, status: int, headers: dict[str, str]) -> None:
        """A whole reply of `data`."""
        self.head(status, {"Content-Length": str(len(data))} | headers)
        self.write(data)

    def start_events(self) -> None:
        """The head of a stream."""
        self.head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})

    def event(self, value: Any) -> None:
        """One server-sent event; a string is sent as it is."""
        text = value if isinstance(value, str) else json.dumps(value)
        self.chunk(f"data: {text}\n\n".encode())

    def end_events(self) -> None:
        """[DONE], and the end of the body."""
        self.event("[DONE]")
        self.chunk(b"")

    def cut(self) -> None:
        """Breaks the connection off, so that the other side sees a reset or an early end."""
        with suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def hang(self, seconds: float = LONGEST_HANG_S) -> bool:
        """Says nothing until the server ends or `seconds` passed. True when the server ends."""
        return self._over.wait(seconds)


Behaviour = Callable[[Line], None]
Script = Callable[[Asked], Behaviour]


def _one_model(line: Line) -> None:
    line.json({"object": "list", "data": [{"id": "scripted"}]})


@dataclass
class ModelServer:
    """`script` and `listing` (of models) may be changed while it runs. `asked` has every request to chat/completions,
    oldest first."""

    base_url: str
    script: Script
    listing: Behaviour = _one_model
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def bodies(self) -> list[bytes]:
        """What was sent, to the byte."""
        return [one.raw for one in self.asked]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many turns connect at once


@contextmanager
def model_server(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[ModelServer]:
    """Listens on a free port of 127.0.0.1. At the end, hanging replies are let go."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.listing(Line(_asked(self, b"", 0), self, over))

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            with counting:
                asked = _asked(self, raw, len(server.asked))
                server.asked.append(asked)
            self.close_connection = True
            server.script(asked)(Line(asked, self, over))

        def setup(self) -> None:
            with counting:
                server.connections += 1
            super().setup()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def handle(self) -> None:
            with suppress(OSError):  # the client went away, which many tests want
                super().handle()

    counting = threading.Lock()
    http = _Server(("127.0.0.1", 0), Handler)
    http.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    server = ModelServer(f"http{'s' if tls else ''}://127.0.0.1:{http.server_address[1]}/v1", script)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        http.shutdown()
        http.server_close()
        thread.join()


@contextmanager
def nobody_listens() -> Iterator[str]:
    """A base URL whose connections are refused: the port is held, so that nobody else gets it meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v1"


def _asked(handler: BaseHTTPRequestHandler, raw: bytes, n: int) -> Asked:
    return Asked(n, handler.path, {name.lower(): value for name, value in handler.headers.items()}, raw)
