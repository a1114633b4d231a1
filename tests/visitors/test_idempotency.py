"""The same request again: the same answer, and nothing twice; whenever, and however many at once."""

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func
from sqlmodel import select

from app.store.tables import AuditEntry, Conversation, Idempotency, Lead, Message, Notice, ResumeLink
from app.usecases.keep_retention import keep_retention
from app.usecases.submit_form import form_token
from tests.server import Server, Visitor, serving
from tests.visitors.conftest import USUAL, Hall, Talk

ROWS = (Conversation, Message, Lead, Notice, ResumeLink, AuditEntry, Idempotency)
TWINS = 20


def rows(hall: Hall) -> dict[str, int]:
    """How much there is of everything."""
    with hall.running.desk.database.read() as session:
        return {table.__name__: session.exec(select(func.count()).select_from(table)).one() for table in ROWS}


def creating(talk: Talk) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """Path, body, and another body with the same id, of every creating request under a conversation."""
    hello = talk.say("hello").json()["message_id"]
    return {
        "message": ("/messages", {"text": "Where do I park?"}, {"text": "Where do I go?"}),
        "contact": ("/contact", {"action": "referral", "slots": USUAL}, {"action": "callback", "slots": USUAL}),
        "feedback": ("/feedback", {"message_id": hello, "helpful": True}, {"message_id": hello, "helpful": False}),
        "link": ("/resume-link", {}, {}),
        "token": ("/token", {}, {}),
    }


@pytest.mark.parametrize("kind", ["message", "contact", "feedback", "link", "token"])
def test_again_is_the_same_and_another_body_is_refused(shared: Hall, kind: str) -> None:
    """Also after a restart: what was answered is read from disk each time."""
    talk = shared.open()
    path, body, other = creating(talk)[kind]
    client_id = secrets.token_hex(8)
    first = talk.call("POST", path, {"client_id": client_id, **body})
    assert first.status_code in (200, 201), first.text
    before = rows(shared)
    again = talk.call("POST", path, {"client_id": client_id, **body})
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    if other != body:
        refused = talk.call("POST", path, {"client_id": client_id, **other})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")
        assert client_id in refused.json()["error"]["message"]
    assert rows(shared) == before


def test_opening_and_going_on_elsewhere_again(shared: Hall) -> None:
    """These have no conversation in their address yet."""
    talk = shared.open()
    link = talk.call("POST", "/resume-link", {"client_id": "link-00001"}).json()["url"]
    opening = {"site_key": "harbor", "client_id": secrets.token_hex(8), "consent": shared.consent()}
    resuming = {**opening, "client_id": secrets.token_hex(8), "token": link.partition("#resume=")[2]}
    for path, body in (("", opening), ("/resume", resuming)):
        first = shared.client.post(f"/api/v1/conversations{path}", json=body)
        assert first.status_code == 201, first.text
        before = rows(shared)
        again = shared.client.post(f"/api/v1/conversations{path}", json=body)
        assert (again.status_code, again.json()) == (201, first.json())
        assert rows(shared) == before
    assert shared.client.post("/api/v1/conversations", json={**opening, "language": "es"}).status_code == 422
    other = talk.call("POST", "/resume-link", {"client_id": "link-00002"}).json()["url"].partition("#resume=")[2]
    assert shared.client.post("/api/v1/conversations/resume", json={**resuming, "token": other}).status_code == 422
    talk.call("DELETE")
    assert shared.client.post("/api/v1/conversations/resume", json=resuming).status_code == 404


def test_a_repeat_is_answered_whatever_the_clinic_changed_since(shared: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first was taken; "there is no such field" would be a lie about it."""
    talk = shared.open()
    body = {
        "client_id": "changed-001",
        "action": "callback",
        "slots": {"patient_name": "Bo Reed", "contact": "b@c.example"},
    }
    first = talk.call("POST", "/contact", body)
    assert first.status_code == 201

    def gone(*_: object) -> None:
        raise AssertionError("a repeat must not be read anew")

    monkeypatch.setattr("app.usecases.submit_contact.read_contact", gone)
    assert talk.call("POST", "/contact", body).json() == first.json()


def test_a_clients_id_counts_within_its_clinic_and_conversation(shared: Hall) -> None:
    """Two callers may count from one; nobody gets what another's request made."""
    made = {}
    for site_key in ("harbor", "mesa"):
        body = {"site_key": site_key, "client_id": "same-for-all", "consent": shared.consent(site_key)}
        made[site_key] = shared.client.post("/api/v1/conversations", json=body).json()["conversation_id"]
    assert made["harbor"] != made["mesa"]
    one, other = shared.open(), shared.open()
    ids = {talk.send(USUAL, "same-for-all").json()["referral_id"] for talk in (one, other)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    "client_id",
    ["", "short", "x" * 129, "with space", "ünïcödé-id", "line\nbreak1", "a/b/c/d/e", None, 12345678, ["12345678"]],
)
@pytest.mark.parametrize("path", ["messages", "contact", "feedback", "resume-link", "token", "open"])
def test_an_id_that_cannot_be_used_is_named_with_the_remedy(shared: Hall, path: str, client_id: Any) -> None:
    """A caller has to know which value was wrong and what would do."""
    bodies: dict[str, dict[str, Any]] = {
        "messages": {"text": "hello"},
        "contact": {"action": "callback", "slots": USUAL},
        "feedback": {"message_id": "m", "helpful": True},
        "open": {"site_key": "harbor", "consent": "x"},
    }
    body = {**bodies.get(path, {}), "client_id": client_id}
    if path == "open":
        answer = shared.client.post("/api/v1/conversations", json=body)
    else:
        answer = shared.open().call("POST", f"/{path}", body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "invalid")
    assert "client_id" in error["message"]
    assert "8 to 128" in error["remedy"]


def form(hall: Hall, token: str, **values: str) -> httpx.Response:
    """The page's form, sent."""
    given = {"form_token": token, "action": "referral", "consent": hall.consent(), **USUAL, **values}
    answer: httpx.Response = hall.client.post("/chat/harbor", data=given, follow_redirects=False)
    return answer


def fresh_token(hall: Hall, site_key: str = "harbor") -> str:
    """As the page has it."""
    from app.store.queries.clinics import clinic_of_site

    return form_token(hall.running.desk, clinic_of_site(hall.running.desk.database, site_key))


def test_the_form_sent_twice_is_one_request(shared: Hall) -> None:
    """Back and *Send* again; a reload of the page that the form led to."""
    token = fresh_token(shared)
    first = form(shared, token)
    assert first.status_code == 303
    before = rows(shared)
    assert form(shared, token).headers["location"] == first.headers["location"]
    changed = form(shared, token, reason="my back")
    assert changed.status_code == 422
    assert "my back" in changed.text
    assert rows(shared) == before


@pytest.mark.parametrize("bad", ["", "x", "forged", "another clinic's"])
def test_a_form_without_its_token_is_refused_and_keeps_its_words(shared: Hall, bad: str) -> None:
    """Nobody can make a browser send it from elsewhere, and nobody types it twice."""
    token = {"forged": fresh_token(shared)[:-3] + "abc", "another clinic's": fresh_token(shared, "mesa")}.get(bad, bad)
    before = rows(shared)
    refused = form(shared, token)
    assert refused.status_code == 422
    assert USUAL["reason"] in refused.text
    assert rows(shared) == before


def test_kept_for_a_week_and_then_forgotten(halls: Callable[..., Hall]) -> None:
    """The contract says 72 hours at least; for ever would be a list of all that was ever sent."""
    here = halls()
    talk, token = here.open(), fresh_token(here)
    sent, posted = talk.send(USUAL, "kept-00001"), form(here, token)
    here.later(hours=73)
    keep_retention(here.running.desk)
    assert form(here, token).headers["location"] == posted.headers["location"]
    fresh = Talk(here, talk.id, issue(here, talk))
    assert fresh.send(USUAL, "kept-00001").json() == sent.json()
    here.later(hours=96)
    keep_retention(here.running.desk)
    assert rows(here)["Idempotency"] == 0
    before = rows(here)
    old = form(here, token)
    assert old.status_code == 422
    assert "Nothing was sent yet" in old.text
    assert token not in old.text
    assert rows(here) == before


def issue(hall: Hall, talk: Talk) -> str:
    """A token that is good now."""
    from app.usecases.visitor_token import issue_token

    return issue_token(hall.running.desk, talk.id, hall.running.desk.clock())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server in a process of its own."""
    with serving(tmp_path_factory.mktemp("twins")) as made:
        yield made


def all_at_once(ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers to twins that leave at the same moment."""
    answers: list[httpx.Response] = []
    gate = threading.Barrier(TWINS)

    def run() -> None:
        gate.wait(60)
        answers.append(ask())

    threads = [threading.Thread(target=run) for _ in range(TWINS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == TWINS
    return answers


def test_twenty_twins_at_once_make_one_of_each(server: Server) -> None:
    """A double click, a retry that crosses its answer, a phone that wakes up with its outbox full."""
    site_key = server.clinic()
    consent = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
    opening = {"site_key": site_key, "client_id": "twins-open-1", "consent": consent}
    opened = all_at_once(lambda: httpx.post(f"{server.url}/api/v1/conversations", json=opening, timeout=60))
    assert {answer.status_code for answer in opened} == {201}
    assert len({answer.text for answer in opened}) == 1
    visitor = Visitor(server, site_key)
    said = all_at_once(lambda: visitor.post("/messages", {"client_id": "twins-said-1", "text": "Please call me"}))
    assert {answer.status_code for answer in said} <= {200, 409}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in said if answer.status_code == 409)
    assert len({answer.json()["message_id"] for answer in said if answer.status_code == 200}) == 1
    assert [m["author"] for m in visitor.transcript()] == ["patient", "desk"]
    slots = {"patient_name": "Bo Reed", "contact": "212-555-0166"}
    body = {"client_id": "twins-sent-1", "action": "callback", "slots": slots}
    sent = all_at_once(lambda: visitor.post("/contact", body))
    assert {answer.status_code for answer in sent} == {201}
    assert len({answer.text for answer in sent}) == 1
    links = all_at_once(lambda: visitor.post("/resume-link", {"client_id": "twins-link-1"}))
    assert len({answer.text for answer in links}) == 1


def events(answer: httpx.Response) -> list[tuple[str, str]]:
    """(event, data) of a stream."""
    blocks = [block.splitlines() for block in answer.text.strip().split("\n\n") if not block.startswith(":")]
    return [(lines[0].removeprefix("event: "), lines[1].removeprefix("data: ")) for lines in blocks]


def test_a_broken_line_and_a_restart_give_the_first_reply_again(server: Server) -> None:
    """The phone went into a tunnel after the first words of the reply: its repeat gets that reply, not a second one."""
    visitor = Visitor(server, server.clinic())
    body = {"client_id": "tunnel-0001", "text": "I need a referral for my knee"}
    address = f"{server.url}/api/v1/conversations/{visitor.id}/messages"
    with httpx.stream("POST", address, json=body, headers=visitor.headers, timeout=30) as answer:
        next(line for line in answer.iter_lines() if line.startswith("event: saved"))
    again = wait_while_it_runs(visitor, body)
    assert [kind for kind, _ in again] == ["saved", "done"]
    server.kill()
    server.start()
    assert wait_while_it_runs(visitor, body) == again
    assert [m["author"] for m in visitor.transcript()] == ["patient", "desk"]


def wait_while_it_runs(visitor: Visitor, body: dict[str, Any]) -> list[tuple[str, str]]:
    """The stream of a repeat, asked for as often as the first is still being answered."""
    for _ in range(200):
        answer = visitor.post("/messages", body, Accept="text/event-stream")
        if answer.status_code != 409:
            assert answer.status_code == 200, answer.text
            return events(answer)
        threading.Event().wait(0.1)
    raise AssertionError("never answered")


def test_every_body_is_compared_whole(tmp_path: Path, shared: Hall) -> None:
    """Order of keys does not matter, anything else does."""
    talk = shared.open()
    slots = {"patient_name": "Bo Reed", "contact": "212-555-0166"}
    first = talk.send(slots, "ordered-001")
    assert talk.send(dict(reversed(slots.items())), "ordered-001").json() == first.json()
    assert talk.send({**slots, "contact": "212-555-0166 "}, "ordered-001").status_code == 422
