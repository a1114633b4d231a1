"""What is refused, and how: over HTTP, as a widget or another server meets it."""

import http.client
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.server import ORIGIN, Server, Visitor, serving

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all refusals; nothing here changes it."""
    with serving(tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.fixture(scope="module")
def site_key(server: Server) -> str:
    return server.clinic()


@pytest.fixture
def visitor(server: Server, site_key: str) -> Visitor:
    return Visitor(server, site_key)


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code; fails when the error has another shape than the contract's."""
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) <= {"code", "message", "remedy"}
    assert error["message"]
    return answer.status_code, error["code"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nowhere", (404, "not_found")),
        ("GET", "/api/v1/nowhere", (404, "not_found")),
        ("GET", "/chat/no-such-clinic", (404, "not_found")),
        ("PUT", "/healthz", (405, "method_not_allowed")),
        ("GET", "/api/v1/conversations", (405, "method_not_allowed")),
    ],
)
def test_addresses_that_lead_nowhere(server: Server, method: str, path: str, expected: tuple[int, str]) -> None:
    """A caller that reads `error.message` must find it in every error, the framework's own included."""
    assert code(server.http.request(method, path)) == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"", 422),
        (b"null", 422),
        (b"[1]", 422),
        (b"\xff\xfe{", 422),
        (b"[" * 15_000 + b"]" * 15_000, 422),
        (b'{"text":"' + b"x" * 33_000 + b'"}', 413),
    ],
    ids=["half", "empty", "null", "list", "not utf-8", "nested", "large"],
)
def test_a_body_that_cannot_be_used_is_never_a_500(server: Server, site_key: str, body: bytes, status: int) -> None:
    """Anyone can send anything: a 500 would wake whoever watches the errors."""
    answer = server.http.post("/api/v1/conversations", content=body, headers=JSON)
    assert code(answer)[0] == status


def test_a_large_body_without_a_length_is_refused_too(server: Server, site_key: str) -> None:
    """Chunked bodies carry no length to look at beforehand."""
    answer = server.http.post("/api/v1/conversations", content=(b"x" * 1000 for _ in range(50)), headers=JSON)
    assert code(answer)[0] == 413


@pytest.mark.parametrize("origin", ["null", "https://elsewhere.example", f"{ORIGIN}.elsewhere.example"])
def test_other_websites_are_refused(server: Server, site_key: str, origin: str) -> None:
    """A page that is not the clinic's must not talk in its name; sandboxed frames send `null`."""
    consent = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
    body = {"site_key": site_key, "client_id": "some-client-id", "consent": consent}
    answer = server.http.post("/api/v1/conversations", json=body, headers={"Origin": origin})
    assert code(answer) == (403, "forbidden")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "*/*"])
def test_a_refused_message_has_its_own_status_streamed_or_not(visitor: Visitor, accept: str) -> None:
    """A 200 with an error inside makes widgets, servers and monitors believe that all went well."""
    long = visitor.post("/messages", {"client_id": "client-long", "text": "x" * 4001}, Accept=accept)
    assert code(long) == (422, "invalid")
    visitor.say("hello", "client-once")
    other = visitor.post("/messages", {"client_id": "client-once", "text": "good bye"}, Accept=accept)
    assert code(other) == (422, "invalid")
    visitor.server.http.delete(f"/api/v1/conversations/{visitor.id}", headers=visitor.headers)
    ended = visitor.post("/messages", {"client_id": "client-late", "text": "hello?"}, Accept=accept)
    assert code(ended) == (404, "not_found")


def test_opening_again_with_another_body_is_refused(server: Server, site_key: str) -> None:
    """A client id that is used twice by mistake must not hand out somebody else's conversation."""
    consent = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
    body = {"site_key": site_key, "client_id": "opened-twice", "consent": consent}
    first, same = (server.http.post("/api/v1/conversations", json=body) for _ in range(2))
    assert first.json()["conversation_id"] == same.json()["conversation_id"]
    assert code(server.http.post("/api/v1/conversations", json=body | {"language": "en"})) == (422, "invalid")


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/embed.js", "/dashboard", "/dashboard/sign-in", "/chat/KEY"])
def test_every_reply_has_the_careful_headers_and_no_cookie(server: Server, site_key: str, path: str) -> None:
    """What is sniffed as a page, kept in a cache or told to the next site leaks what a patient does here."""
    answer = server.http.get(path.replace("KEY", site_key))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "Cache-Control" in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_conversation_stays_in_no_cache(visitor: Visitor) -> None:
    """On a shared computer the browser's cache would show the next person what the patient said."""
    read = visitor.server.http.get(f"/api/v1/conversations/{visitor.id}", headers=visitor.headers)
    said = visitor.post("/messages", {"client_id": "client-said", "text": "hello"}, Accept="text/event-stream")
    assert read.headers["Cache-Control"] == said.headers["Cache-Control"] == "no-store"
    assert said.headers["Content-Type"] == "text/event-stream; charset=utf-8"


def test_the_description_of_the_interface_is_plain_json(server: Server) -> None:
    """The framework's pages about it load scripts from another site."""
    assert server.http.get("/schema/openapi.json").status_code == 200
    page = server.http.get("/schema")
    assert "cdn" not in page.text


def test_a_proxy_s_idle_connection_is_not_closed_before_the_proxy_would(server: Server) -> None:
    """Who closes first must be the proxy (mostly after 60 s): a request sent at the moment of closing is cut off. The
    web server's own default is 5 s, so that the idle time here is longer than that."""
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    kept.connect()
    socket = kept.sock
    for idle_s in (0.0, 6.0):
        time.sleep(idle_s)
        kept.request("GET", "/healthz")
        assert kept.getresponse().read() == b'{"status":"ok"}'
    assert kept.sock is socket
    kept.close()
