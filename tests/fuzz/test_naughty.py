"""What no schema describes: bodies that are no JSON or worse, and values that break parsers, databases and logs."""

import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.access.world import ACTION
from tests.fuzz.people import Person, Place

STRINGS = {
    "lone surrogate": "\ud800",
    "surrogates the wrong way round": "\udc00\ud800",
    "nul": "a\x00b",
    "controls": "".join(map(chr, range(1, 32))) + "\x7f\x85",
    "right to left": "\u202eevil\u202c\u200b\ufeff",
    "not a character": "\uffff\ufdd0",
    "beyond the basic plane": "\U0010ffff\U0001f4a9",
    "combining": "e" + "\u0301" * 2000,
    "format": "%s%n{0}{__class__}${jndi:ldap://x}{{7*7}}",
    "sql": "' OR 1=1; DROP TABLE lead;--",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "path": "../../../../etc/passwd\x00.md",
    "crlf": "x\r\nSet-Cookie: a=b",
    "long": "a" * 30_000,
    "spaces": "\u00a0\u2003 \t\u3000",
    "empty": "",
}
NUMBERS = ["1e400", "-1e400", "9" * 400, "-0", "0.1", "NaN", "Infinity", "1" + "0" * 5000]
ODD_BODIES = {
    "nothing": b"",
    "not json": b"{",
    "trailing": b'{"client_id":"aaaaaaaa"} x',
    "deep lists": b"[" * 15_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "duplicate keys": b'{"client_id":"aaaaaaaa","client_id":"bbbbbbbb","text":"a","text":"b"}',
    "raw surrogate bytes": b'{"text":"\xed\xa0\x80","client_id":"aaaaaaaa"}',
    "latin 1": '{"text":"é"}'.encode("latin-1"),
    "utf 16": '{"text":"a"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "null": b"null",
    "list": b"[]",
    "string": b'"x"',
    "number": b"1e400",
    "huge int": b"9" * 6000,
    "nan": b"NaN",
    "too large": b'{"text":"' + b"a" * 700_000 + b'"}',
}
TYPES = [
    "application/json",
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "nonsense",
    "",
]


@pytest.fixture(scope="module")
def operations(harbor: Place) -> list[tuple[str, str, Mapping[str, Any]]]:
    """(verb, path, description) of the whole document."""
    document = httpx.get(f"{harbor.url}/schema/openapi.json").json()
    return [(verb.upper(), path, one) for path, verbs in document["paths"].items() for verb, one in verbs.items()]


def address(harbor: Place, path: str) -> str:
    for name, value in harbor.ids.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path


def credentials_for(harbor: Place, operation: Mapping[str, Any]) -> dict[str, str]:
    visitor, _, manager = harbor.people
    person: Person = visitor if {"visitor": []} in operation["security"] else manager
    return {"Authorization": f"Bearer {person.token}", "Accept": "application/json"}


def check(answer: httpx.Response, what: object) -> None:
    """No failure, and the one shape of an error."""
    assert answer.status_code < 500, (what, answer.status_code, answer.text[:300])
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert set(error) <= {"code", "message", "remedy"}, what
    for trace in ("Traceback", 'File "', "sqlalchemy", "pydantic", "litestar"):
        assert trace not in answer.text, (what, answer.text[:300])


def test_no_body_makes_it_fail(harbor: Place, operations: list[tuple[str, str, Mapping[str, Any]]]) -> None:
    """Whoever sends nonsense would get a stack trace, or fill the log with errors that hide a real one."""
    with httpx.Client(base_url=harbor.url, timeout=60) as http:
        for verb, path, operation in operations:
            if "requestBody" not in operation:
                continue
            for name, body in ODD_BODIES.items():
                headers = credentials_for(harbor, operation) | {"Content-Type": "application/json"}
                check(http.request(verb, address(harbor, path), content=body, headers=headers), (verb, path, name))
            for kind in TYPES:
                headers = credentials_for(harbor, operation) | {"Content-Type": kind}
                check(http.request(verb, address(harbor, path), content=b'{"a":1}', headers=headers), (path, kind))


BODIES: dict[str, dict[str, Any]] = {
    "sendMessage": {"client_id": "c", "text": "t"},
    "openConversation": {"site_key": "harbor", "client_id": "c", "consent": "v", "language": "en"},
    "resumeConversation": {"site_key": "harbor", "client_id": "c", "consent": "v", "token": "t"},
    "sendContact": {"client_id": "c", "action": "callback", "slots": {"contact": "202-555-0177", "reason": "r"}},
    "leaveFeedback": {"client_id": "c", "message_id": "m", "helpful": True},
    "StartSession": {"email": "e", "password": "p", "code": "1"},
    "PublishPayers": {"client_id": "c", "document_id": "d", "rows": ["r"]},
    "ChangePayer": {"status": "conditional", "plan": "p"},
    "ChangeDocument": {"effective_from": "2026-01-01", "effective_to": "2026-01-02"},
    "CloseQuestions": {"client_id": "c", "ids": ["i"]},
    "PublishAction": {"document": {**ACTION}},
    "ValidateAction": {"document": {**ACTION}},
    "TestAction": {"document": {**ACTION}, "say": ["hello"], "language": "en"},
    "PutRules": {"client_id": "c", "rules": {"texts": {"ready": {"en": "t"}}}},
    "TryRules": {"rules": {"texts": {"ready": {"en": "t"}}}},
}


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield at
    for key, inner in items:
        yield from leaves(inner, (*at, key))


def with_value(body: Any, way: tuple[Any, ...], value: Any) -> Any:
    """The body with another value there."""
    if not way:
        return value
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[way[0]] = with_value(copy[way[0]], way[1:], value)
    return copy


@pytest.mark.timeout(600)
def test_no_value_makes_it_fail(harbor: Place, operations: list[tuple[str, str, Mapping[str, Any]]]) -> None:
    """A patient's name with an odd character would be lost, or a manager could not save the rules."""
    sent = 0
    with httpx.Client(base_url=harbor.url, timeout=60) as http:
        for verb, path, operation in operations:
            body = next((b for name, b in BODIES.items() if operation["operationId"].endswith(name)), None)
            if body is None:
                continue
            ways = list(leaves(body))[:6]
            for way in ways:
                for name, text in STRINGS.items():
                    given = with_value(body, way, text)
                    sent += 1
                    check(post(http, harbor, (verb, path, operation), encoded(given)), (path, way, name))
                for number in NUMBERS:
                    raw = encoded(with_value(body, way, "@@@")).replace(b'"@@@"', number.encode())
                    sent += 1
                    check(post(http, harbor, (verb, path, operation), raw), (path, way, number[:20]))
    assert sent > 800


def encoded(given: Any) -> bytes:
    """JSON with a client id of its own."""
    if isinstance(given, dict) and given.get("client_id") == "c":
        given = given | {"client_id": secrets.token_hex(8)}
    return json.dumps(given).encode()


def post(http: httpx.Client, harbor: Place, where: tuple[str, str, Mapping[str, Any]], body: bytes) -> httpx.Response:
    verb, path, operation = where
    headers = credentials_for(harbor, operation) | {"Content-Type": "application/json"}
    return http.request(verb, address(harbor, path), content=body, headers=headers)


ODD_IDS = ["%00", "%ff", "%ed%a0%80", "%2e%2e%2f", "%0d%0aX:y", "%F0%9F%92%A9", "'", "%3Cscript%3E", "-1", "a" * 6000]
ODD_QUERIES = ["page=1e400", "page=%00", "page=-1", "order=%ff", "before=99999999999999999999", "x"]


def test_no_address_makes_it_fail(harbor: Place, operations: list[tuple[str, str, Mapping[str, Any]]]) -> None:
    """An address with an odd byte in it would be an error of the server, for whoever cares to look for one."""
    pages = [("GET", f"/dashboard/{{site_key}}/{name}", {"security": []}) for name in ("leads", "leads/{lead_id}")]
    pages += [("GET", "/chat/{site_key}", {"security": []}), ("GET", "/static/{name}", {"security": []})]
    with httpx.Client(base_url=harbor.url, timeout=60) as http:
        for verb, path, operation in [*operations, *pages]:
            names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
            headers = credentials_for(harbor, operation)
            for name in names:
                for odd in ODD_IDS:
                    where = address(harbor, path.replace(f"{{{name}}}", odd))
                    answer = http.request(verb, where, headers=headers)
                    assert answer.status_code < 500, (verb, path, odd, answer.text[:200])
            if verb == "GET":
                for query in ODD_QUERIES:
                    answer = http.get(f"{address(harbor, path)}?{query}", headers=headers)
                    assert answer.status_code < 500, (path, query, answer.text[:200])


def test_no_header_makes_it_fail(harbor: Place) -> None:
    """Tokens, cookies and origins are read before anything else: by everybody, at every address."""
    odd = ["\xff\xfe", "Bearer", "Bearer x x", "Bearer \xe9", "Bearer " + "a" * 5000, "Basic x", "null", "'", "a.b~c"]
    visitor = f"/api/v1/conversations/{harbor.ids['conversation_id']}"
    with httpx.Client(base_url=harbor.url, timeout=60) as http:
        for path in (
            visitor,
            "/api/v1/staff/clinics/harbor/leads",
            "/dashboard/harbor/leads",
            "/api/v1/clinics/harbor",
        ):
            for value in odd:
                for name in ("Authorization", "Cookie", "Origin", "Accept", "X-Forwarded-For", "Accept-Language"):
                    given = value if name != "Cookie" else f"frontdesk={value}"
                    answer = http.get(path, headers=[(name.encode(), given.encode("latin-1"))])
                    assert answer.status_code < 500, (path, name, value, answer.text[:200])
