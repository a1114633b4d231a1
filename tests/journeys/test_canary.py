"""Words of patients are where they belong, encrypted, and nowhere else: a run over everything that takes them, and a
sweep over everything that could keep or tell them. A real server, a real mail server that refuses at first."""

import base64
import json
import re
import secrets
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.mail import Mailbox, smtp_server
from tests.server import Server, Visitor, serving, wait_for

pytestmark = pytest.mark.timeout(400)

CANARIES = {
    "name": "Quillonia",
    "surname": "Vandersnoot",
    "phone": "2125550147",
    "mailbox": "zanthorpe77",
    "member": "XQZ88K4417",
    "question": "flibbertigate",
    "body": "wobblejoint",
    "form": "Grimaldisson",
    "refused": "outlandishly",
}
PAPER = "# Visits\n\n## Where do I park?\n\nPark in the garage on Alder Street.\n\n## Do you have a pool?\n\nNo.\n"


def spellings(word: str) -> set[bytes]:
    """How a word may lie in a file or a line: as it is, in another case or encoding, and inside base64."""
    plain = {word, word.lower(), word.upper(), quote(word)}
    if word.isdigit():
        plain |= {f"{word[:3]}-{word[3:6]}-{word[6:]}", f"({word[:3]}) {word[3:6]}-{word[6:]}", f"1{word}"}
    found = (
        {one.encode() for one in plain} | {one.encode("utf-16-le") for one in plain} | {word.encode().hex().encode()}
    )
    for shift in range(3):
        inner = base64.b64encode(b"\0" * shift + word.encode())
        found.add(inner[4 if shift else 0 : len(inner) // 4 * 4 - 4])  # what does not depend on its neighbours
    return found


SPELLINGS = {name: spellings(word) for name, word in CANARIES.items()}


def seen(data: bytes | str) -> list[str]:
    """Which canaries are in it."""
    raw = data.encode() if isinstance(data, str) else data
    return [name for name, ways in SPELLINGS.items() if any(way in raw for way in ways)]


def test_the_sweep_finds_what_it_looks_for() -> None:
    """A sweep that cannot find anything would pass every time."""
    for name, word in CANARIES.items():
        for data in (
            f"x {word.lower()}y".encode(),
            f"{word}".encode("utf-16-le"),
            *(base64.b64encode(b"a" * shift + f"{word} and more".encode()) for shift in range(3)),
        ):
            assert name in seen(data), (name, data)
    assert "phone" in seen("call (212) 555-0147")
    assert seen("Nothing of the kind.") == []


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as made:
        yield made


def talk(server: Server, site_key: str) -> Visitor:
    """Everything that a patient can say, over the chat."""
    visitor = Visitor(server, site_key)
    visitor.say("I was referred for physical therapy and would like to send a referral.")
    visitor.say(f"My name is {CANARIES['name']} {CANARIES['surname']}, my {CANARIES['body']} hurts.")
    visitor.say(f"You can call me at 212-555-0147 or write to {CANARIES['mailbox']}@mail.example")
    visitor.say(f"I have Aetna, member ID {CANARIES['member']}")
    done = visitor.say(f"Do you offer {CANARIES['question']} lessons on Sundays?")
    visitor.post("/feedback", {"client_id": secrets.token_hex(8), "message_id": done["message_id"], "helpful": False})
    visitor.post("/resume-link", {"client_id": secrets.token_hex(8)})
    slots = {
        "patient_name": f"{CANARIES['name']} {CANARIES['surname']}",
        "contact": "212-555-0147",
        "reason": f"my {CANARIES['body']}",
        "member_id": CANARIES["member"],
    }
    sent = visitor.post("/contact", {"client_id": secrets.token_hex(8), "action": "referral", "slots": slots})
    assert sent.status_code == 201, sent.text
    return visitor


def mistakes(server: Server, site_key: str, visitor: Visitor) -> list[str]:
    """What somebody may send that is refused, with words in it, and what the server answers."""
    word, post = CANARIES["refused"], server.http.post
    consent = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
    form = {"consent": consent, "patient_name": CANARIES["form"], "form_token": f"wrong-{word}", "action": "referral"}
    answers = [
        visitor.post("/messages", {"client_id": "short", "text": word}),
        visitor.post("/messages", {"client_id": secrets.token_hex(8), "text": word * 400}),
        visitor.post("/messages", {"client_id": secrets.token_hex(8), "text": word, "more": word}),
        visitor.post("/messages", {"client_id": secrets.token_hex(8), "text": {"a": word}}),
        visitor.post("/contact", {"client_id": secrets.token_hex(8), "action": word, "slots": {"reason": word}}),
        visitor.post("/contact", {"client_id": secrets.token_hex(8), "action": "referral", "slots": {"nope": word}}),
        post(f"/api/v1/conversations/{visitor.id}/messages", json={"client_id": word, "text": word}),
        post(
            f"/api/v1/conversations/{visitor.id}/messages",
            content=f'{{"text": "{word}'.encode(),
            headers=visitor.headers | {"Content-Type": "application/json"},
        ),
        post("/api/v1/conversations", json={"site_key": site_key, "client_id": secrets.token_hex(8), "consent": word}),
        post(f"/chat/{site_key}", data=form),
    ]
    assert all(400 <= answer.status_code < 500 for answer in answers), [answer.status_code for answer in answers]
    return [answer.text for answer in answers[6:7]]


def by_form(server: Server, site_key: str) -> None:
    """The way without scripts."""
    page = server.http.get(f"/chat/{site_key}").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert "form_token" in hidden, page[-2000:]
    values = hidden | {"patient_name": f"Ada {CANARIES['form']}", "contact": "212-555-0148", "reason": "my knee"}
    values["consent"] = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
    sent = server.http.post(f"/chat/{site_key}", data=values, headers={"Origin": server.url})
    assert sent.status_code == 303, sent.text
    assert seen(sent.headers["location"]) == []
    assert seen(server.http.get(sent.headers["location"]).text) == []


def staff_look(server: Server, site_key: str) -> str:
    """A coordinator reads everything; what they read."""
    made = server.facts(
        "staff", "create", "--clinic", site_key, "--email", "cole@willow.example", "--role", "coordinator"
    )
    body = {"email": made["email"], "password": made["password"]}
    token = server.http.post("/api/v1/staff/sessions", json=body).json()["token"]
    headers, base = {"Authorization": f"Bearer {token}"}, f"/api/v1/staff/clinics/{site_key}"
    listed = server.http.get(f"{base}/leads", headers=headers)
    texts = [listed.text, server.http.get(f"{base}/unanswered", headers=headers).text]
    for lead in listed.json()["leads"]:
        texts.append(server.http.get(f"{base}/leads/{lead['id']}", headers=headers).text)
    wrong = server.http.post(
        "/api/v1/staff/sessions", json={"email": "x@willow.example", "password": "wrong wrong wrong"}
    )
    assert wrong.status_code == 401
    return "\n".join(texts)


def swept(server: Server, site_key: str) -> dict[str, str | bytes]:
    """Everything that speaks about the run, by where it stands."""
    other = Visitor(server, site_key)
    return {
        "log": server.log.read_bytes(),
        "metrics": server.http.get("/metrics").text,
        "readyz": server.http.get("/readyz").text,
        "healthz": server.http.get("/healthz").text,
        "outbox": json.dumps(server.facts("outbox", "list", "--all")),
        "doctor": server.run("doctor", "--json").stdout,
        "clinics": json.dumps(server.facts("clinic", "list")),
        "audit export": server.run("audit", "export").stdout,
        "audit verify": server.run("audit", "verify", "--json").stdout,
        "purge": server.run("purge", "--class", "all", "--dry-run", "--json").stdout,
        "another visitor": json.dumps([other.opened, other.say("Where do I park?"), other.transcript()]),
        "chat page": server.http.get(f"/chat/{site_key}").text,
    }


def in_files(folder: Path) -> dict[str, list[str]]:
    """Files with canaries in their bytes or their names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(path.relative_to(folder)): seen(path.read_bytes() + str(path).encode()) for path in files}
    return {name: names for name, names in found.items() if names}


def mail_heads(mailbox: Mailbox) -> list[str]:
    return ["\n".join(f"{k}: {v}" for k, v in message_from_bytes(raw, policy=default).items()) for raw in mailbox.mails]


def test_words_of_patients_are_in_no_sink(tmp_path: Path, mailbox: Mailbox) -> None:
    """One log line, one vector, one subject with a name in it is a breach that nobody notices."""
    mailbox.rcpt = "451 later"
    url = f"smtp://127.0.0.1:{mailbox.port}?tls=none"
    settings: dict[str, Any] = {"SMTP_URL": url, "OUTBOX_RETRY_BASE_S": 0.2, "ABANDON_AFTER_S": 2}
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "faq.md").write_text(PAPER)
    with serving(tmp_path, ready=True, **settings) as server:
        site_key = server.clinic()
        server.facts("ingest", "--clinic", site_key, str(tmp_path / "papers"))
        visitor = talk(server, site_key)
        by_form(server, site_key)
        told = mistakes(server, site_key, visitor)
        assert seen("\n".join(told)) == [], "an error to somebody without the token"
        wait_for("a refused mail", lambda: any(one["attempts"] for one in server.facts("outbox", "list")))
        read = staff_look(server, site_key)
        assert set(seen(read)) >= {"name", "surname", "phone", "member", "question", "body", "form"}, "staff see it"
        assert {"name", "phone"} <= set(seen(json.dumps(visitor.transcript()))), "and so does the patient"
        mailbox.rcpt = "250 ok"
        wait_for("the mails", lambda: len(mailbox.mails) >= 2)
        assert {"name", "form"} <= set(seen(b"".join(mailbox.mails))), "the mails carry it"
        assert [seen(head) for head in mail_heads(mailbox)] == [[]] * len(mailbox.mails), "not in their heads"
        found = {where: seen(what) for where, what in swept(server, site_key).items()}
        assert {where: names for where, names in found.items() if names} == {}
        backup = tmp_path / "backup"
        made = server.run("backup", str(backup))
        assert made.returncode == 0, made.stderr
        server.kill()  # with everything as it lies: log, temporary files, sockets
        assert in_files(server.data) == {}
        assert in_files(backup) == {}
        server.start()
        assert server.facts("audit", "verify")["ok"]
        assert server.stop() == 0
        assert in_files(server.data) == {}
        assert seen(server.log.read_bytes()) == []
