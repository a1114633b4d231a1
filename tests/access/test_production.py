"""With ENV=production nothing tells how the house is built."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server import Server, serving

CLOSED = ["/schema", "/schema/", "/schema/openapi.json", "/schema/openapi.yaml", "/schema/swagger", "/schema/redoc"]
CLOSED += ["/schema/elements", "/schema/rapidoc", "/docs", "/redoc", "/openapi.json", "/swagger", "/.git/config"]
CLOSED += ["/.env", "/debug", "/admin", "/static/../policy.py", "/static/%2e%2e%2fpolicy.py", "/server-status"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("production")
    with serving(folder, ENV="production", PUBLIC_URL="https://desk.example", RATE_LIMITS="visitor=1000/s") as found:
        yield found


def told(answer: httpx.Response) -> str:
    return f"{answer.headers} {answer.text}".casefold()


@pytest.mark.parametrize("path", CLOSED)
def test_the_description_is_closed(server: Server, path: str) -> None:
    """A stranger would read which operations there are, before trying each."""
    answer = server.http.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/", b""),
        ("GET", "/healthz", b""),
        ("DELETE", "/healthz", b""),
        ("OPTIONS", "/api/v1/conversations", b""),
        ("POST", "/api/v1/conversations", b"{"),
        ("POST", "/api/v1/conversations", b"[" * 20_000),
        ("POST", "/api/v1/conversations", b'{"site_key":"\xed\xa0\x80"}'),
        ("POST", "/api/v1/staff/sessions", b'{"email": 1}'),
        ("GET", "/api/v1/staff/clinics/x/leads", b""),
        ("GET", "/dashboard/x/leads", b""),
        ("POST", "/dashboard/sign-in", b"email=%ff&password=%00"),
        ("GET", "/chat/x?lang=%00", b""),
    ],
)
def test_no_reply_says_what_it_is_made_of(server: Server, method: str, path: str, body: bytes) -> None:
    """Names and versions of parts tell an attacker which known hole to try; a stack trace shows where."""
    headers = {"Origin": "https://desk.example", "Content-Type": "application/json"}
    answer = server.http.request(method, path, content=body, headers=headers)
    assert answer.status_code < 500, answer.text
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers
    for word in ("uvicorn", "litestar", "python", "traceback", "pydantic", "msgspec", "sqlalchemy", ".py", "/app/"):
        assert word not in told(answer), (word, told(answer))


def test_the_command_still_prints_the_description(server: Server) -> None:
    """Whoever runs the install could not see what it offers."""
    document = server.run("openapi").stdout
    assert '"openapi": "3.1' in document
