"""What every reply of the server says to a browser: pages, errors, files and data alike."""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cast import make_lead
from tests.content.conftest import World
from tests.content.markup import Tags

PAGE = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
}


@pytest.fixture(scope="module")
def addresses(world: World) -> list[str]:
    """Every address that answers GET, with real ids in it and with false ones."""
    lead_id, _ = make_lead(world.desk, world.cast.clinic_id, "HEADER2", notice="dead")
    given = {"site_key": "harbor", "lead_id": lead_id, "name": "chat.css"}
    found = []
    for route in world.routes:
        if "GET" not in getattr(route, "methods", ()):
            continue
        for ids in (given, {}):
            found.append(re.sub(r"\{(\w+)(?::\w+)?\}", lambda hole, ids=ids: ids.get(hole[1], "x"), route.path))
    return sorted(set(found))


def policy(answer: httpx.Response) -> dict[str, str]:
    """{directive: sources}. Fails when there is more than one header."""
    (given,) = answer.headers.get_list("content-security-policy")
    return {name: sources for name, _, sources in (each.strip().partition(" ") for each in given.split(";"))}


def check(answer: httpx.Response, what: object) -> None:
    """The headers of one reply, and a page that works under its policy."""
    assert answer.status_code < 500 or answer.status_code == 503, what
    assert answer.headers["x-content-type-options"] == "nosniff", what
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), what
    assert not {"server", "x-powered-by", "via"} & set(answer.headers), what
    said = policy(answer)
    assert "unsafe" not in str(said), what
    assert "*" not in str(said), what
    assert said["default-src"] == "'none'", what
    assert said["base-uri"] == "'none'", what
    if "text/html" not in answer.headers.get("content-type", "") or "/schema/" in str(answer.url):
        assert set(said.values()) == {"'none'"}, what
        return
    assert {name: said.get(name) for name in PAGE} == PAGE, what
    chat = urlsplit(str(answer.url)).path.startswith("/chat/")
    for name in ("script-src", "style-src"):
        allowed = r"('self' )?'nonce-[\w-]{20,}'" if chat else "'self'"
        assert re.fullmatch(allowed, said[name]), (what, said[name])
    framed = "https://www.harbor.example" if "/chat/harbor" in str(answer.url) else "'none'"
    assert said["frame-ancestors"] == framed, what
    assert Tags(answer.text).inline() == set(), what
    if nonce := re.search(r"'nonce-([\w-]+)'", said["script-src"]):
        scripts = re.findall("<script[^>]*>", answer.text)
        assert all(f'nonce="{nonce[1]}"' in script for script in scripts), what


def everybody(world: World) -> Iterator[dict[str, str]]:
    """Nobody, the clinic's manager, and the viewer."""
    yield {}
    yield world.browser(world.cast.manager)
    yield world.browser(world.cast.viewer)
    yield world.bearer(world.cast.manager)


def test_every_address_answers_with_strict_headers(world: World, addresses: list[str]) -> None:
    """One page without its policy is where an escape that somebody forgot becomes a script that runs."""
    pages = set()
    for headers in everybody(world):
        for address in addresses:
            answer = world.http.get(address, headers=headers)
            check(answer, (address, answer.status_code))
            if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                pages.add(address)
    assert {"/chat/harbor", "/chat/mesa", "/dashboard/sign-in", "/dashboard/harbor/leads"} - pages <= {"/chat/mesa"}
    assert len(pages) >= 8, pages
    check(world.http.get("/chat/mesa"), "no websites: nobody may frame it")


@pytest.mark.parametrize(
    ("verb", "address", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/dashboard/nowhere/at/all", 404),
        ("GET", "/chat/no-such-clinic", 404),
        ("GET", "/static/no-such-file", 404),
        ("PUT", "/healthz", 405),
        ("DELETE", "/dashboard/sign-in", 405),
        ("POST", "/api/v1/conversations", 422),
        ("POST", "/api/v1/staff/sessions", 422),
        ("GET", "/api/v1/conversations/conv_x", 401),
        ("GET", "/api/v1/staff/clinics/harbor/leads", 401),
        ("POST", "/dashboard/harbor/papers", 303),
        ("POST", "/chat/harbor", 422),
    ],
)
def test_errors_have_the_same_headers(world: World, verb: str, address: str, status: int) -> None:
    """Errors repeat what was asked: they are where strangers' words come back first."""
    answer = world.http.request(verb, address, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == status
    check(answer, address)


def test_too_large_and_foreign_have_the_same_headers(world: World) -> None:
    """As above, for what is refused before anything is read."""
    large = world.http.post("/api/v1/conversations", content=b'{"a":"' + b"a" * 40_000 + b'"}')
    assert large.status_code == 413
    foreign = world.http.post("/api/v1/conversations", json={}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    for answer in (large, foreign):
        check(answer, answer.status_code)


def test_no_answer_names_the_software(world: World) -> None:
    """Who looks for servers with a known hole would find this one by its banner."""
    address = urlsplit(world.url)
    for raw in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"nonsense\r\n\r\n", b"GET /\x00 HTTP/9\r\n\r\n"):
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(raw)
            answer = connection.recv(65536).decode("latin-1").lower()
        assert not re.search("uvicorn|litestar|h11|httptools|python|^server:", answer, re.MULTILINE), answer
