"""Which files may reach outside the process, which make markup, and why."""

import ast
import re
from pathlib import Path

from tests.shape.tree import name, text_of, tracked

REACHING = {
    "aiohttp", "aiosmtplib", "ftplib", "http.client", "httpcore", "httpcore2", "httpx", "httpx2", "imaplib", "openai",
    "poplib", "requests", "smtplib", "socket", "ssl", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
CALLS = {"create_connection", "open_connection", "urlopen", "urlretrieve", "getaddrinfo", "gethostbyname", "getfqdn"}
ALLOWED = {
    "app/closing_door.py": "lets in whoever called while the server ends; it calls nobody",
    "app/control/address.py": "the local socket by which commands reach the running server",
    "app/control/call.py": "the same",
    "app/control/server.py": "the same",
    "app/delivery/connecting.py": "looks names up and checks the address that is connected to",
    "app/delivery/outbound_http.py": "the one client for HTTP, over connecting.py",
    "app/delivery/smtp_replies.py": "only the names of the mail library's errors",
    "app/http_server.py": "closes its port; it calls nobody",
    "app/llm/connection.py": "HTTP to the model server that the operator chose, over connecting.py",
    "app/llm/guests.py": "only the type of the certificates that count",
    "app/llm/openai_compatible.py": "the client for it, over connection.py",
    "app/delivery/transports/email.py": "names the certificates that count; smtp_line.py connects",
    "app/delivery/transports/smtp_line.py": "mail, over connecting.py, to the server that the operator chose",
    "app/serving.py": "listens; it calls nobody",
}
PARSING = {"app/web/static/dashboard.js": "takes rows out of the server's own page, whose scripts are dead there"}
READING = {"ingestion/loaders/markdown.py"}
MARKUP = {"app/web/dashboard/qr.py": "a QR code drawn here, without a word from outside"}


def product(*endings: str) -> list[Path]:
    """The product's own sources."""
    inside = ("app/", "ingestion/", "knowledge/", "widget/src/")
    return [path for path in tracked() if name(path).startswith(inside) and path.suffix in endings]


def reaches(source: str) -> bool:
    """Whether a module imports or calls something that opens connections."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute):
            if node.attr in CALLS:
                return True
            continue
        else:
            continue
        if any(one == lib or one.startswith(f"{lib}.") for one in names for lib in REACHING):
            return True
    return False


def test_connections_are_opened_in_known_places() -> None:
    """A request that goes past the one client could be led to inside addresses, or carry a patient's words away."""
    found = {name(path) for path in product(".py") if reaches(text_of(path))}
    assert found == set(ALLOWED)


def test_the_look_out_sees_them() -> None:
    """A list of names that finds nothing proves nothing."""
    for source in (
        "import httpx",
        "from urllib import request",
        "import urllib.request as u",
        "from http.client import HTTPConnection",
        "import asyncio\nasyncio.open_connection('a', 1)",
    ):
        assert reaches(source), source
    assert not reaches("from urllib.parse import urlsplit\nimport http.server")


def test_text_is_never_made_markup() -> None:
    """One place that trusts a text is enough for a patient's words to become part of a page."""
    trusting = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s*(?:=\s*False|false)|\{%-?\s*autoescape")
    found = {name(path) for path in product(".py", ".html") if trusting.search(text_of(path))}
    assert found == set(MARKUP)
    making = re.compile(
        r"\.innerHTML|insertAdjacentHTML|\.outerHTML\s*=|document\.write|createContextualFragment|DOMParser|"
        r"\beval\(|new Function|srcdoc"
    )
    found = {name(path) for path in product(".ts", ".js") if making.search(text_of(path))}
    assert found == set(PARSING)


def test_markdown_is_only_read_never_shown() -> None:
    """A renderer's presets let raw HTML and images of other sites through. And a sheet or a calendar that is handed out
    needs an escape of its own: none is made; whoever makes one must write it."""
    reading = re.compile(r"markdown_it|markdownify|mistune|^import markdown|nh3|bleach", re.MULTILINE)
    assert {name(path) for path in product(".py") if reading.search(text_of(path))} == READING
    making = re.compile(r"csv\.(?:writer|DictWriter)|media_type=.{0,3}text/(?:csv|calendar)|BEGIN:VCALENDAR")
    made = {name(path) for path in product(".py", ".ts") if making.search(text_of(path))}
    assert made == set()
