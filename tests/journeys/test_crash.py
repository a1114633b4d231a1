"""A server that dies loses nothing that it had acknowledged."""

import threading
from pathlib import Path

import httpx
import pytest

from tests.journeys import papers
from tests.mail import smtp_server
from tests.server import Server, Visitor, serving, wait_for


@pytest.fixture
def server(tmp_path: Path):
    with serving(tmp_path) as made:
        yield made


def test_a_kill_between_the_words_and_the_reply_loses_neither(server: Server) -> None:
    """T1 is on disk before `saved` goes out; after a crash the worker runs the turn that T2 never ended."""
    site_key = server.clinic()
    server.run("ingest", "--clinic", site_key, str(papers.faq(server.log.parent)))
    visitor = Visitor(server, site_key)
    body = {"client_id": "crash-0001", "text": "Where do I park?"}
    address = f"{server.url}/api/v1/conversations/{visitor.id}/messages"
    with httpx.stream("POST", address, json=body, headers=visitor.headers, timeout=30) as answer:
        for line in answer.iter_lines():
            if line.startswith("event: saved"):
                server.kill()
                break
    server.start()
    words = wait_for("the reply after the crash", lambda: (t := visitor.transcript())[-1]["author"] == "desk" and t)
    assert [message["text"] for message in words if message["author"] == "patient"] == ["Where do I park?"]
    assert len([message for message in words if message["author"] == "desk"]) == 1
    assert visitor.say("Where do I park?", "crash-0001")["reply"] == words[-1]["text"]


def test_kills_while_referrals_come_in_lose_none(tmp_path: Path) -> None:
    """Every 201 means: on disk, and one mail sooner or later, whatever happens to the process."""
    settings = {"OUTBOX_AMBIGUOUS_WAIT_S": "2"}
    with smtp_server() as mailbox, serving(tmp_path, SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}", **settings) as server:
        visitor = Visitor(server, server.clinic())
        accepted: dict[str, str] = {}
        for wave in range(3):
            stop = threading.Event()

            def send(wave: int = wave, stop: threading.Event = stop) -> None:
                for number in range(1000):
                    name = f"wave-{wave}-{number:04d}"
                    slots = {"patient_name": "Pat Quince", "contact": f"pat{wave}x{number}@mail.example"}
                    body = {"client_id": name, "action": "referral", "slots": slots}
                    try:
                        answer = visitor.post("/contact", body)
                    except httpx.TransportError:
                        return
                    if answer.status_code == 201:
                        accepted[name] = answer.json()["referral_id"]
                    if stop.is_set():
                        return

            sender = threading.Thread(target=send)
            sender.start()
            wait_for("some referrals", lambda wave=wave: len(accepted) >= 8 * (wave + 1))
            server.kill()
            stop.set()
            sender.join(120)
            server.start()
        wanted = set(accepted.values())
        assert len(wanted) == len(accepted) >= 24
        arrived = wait_for("every mail", lambda: wanted <= ids(mailbox.mails) and ids(mailbox.mails), 90)
        assert wanted <= arrived
        copies = len(mailbox.mails) - len(ids(mailbox.mails))
        assert copies <= 4 * 3, "more than what was in flight at each of three kills"
        wait_for("an empty outbox", lambda: server.facts("outbox", "list") == [])
        counted = metrics(server)
        assert counted["referrals_total"] == counted['referrals_accounted{state="delivered"}'] >= len(wanted)
        assert counted['referrals_accounted{state="untold"}'] == counted["outbox_pending"] == 0


def metrics(server: Server) -> dict[str, float]:
    """Name with labels to value."""
    lines = server.http.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def ids(mails: list[bytes]) -> set[str]:
    """The referral ids of mails."""
    heads = [mail.split(b"\r\n\r\n")[0].decode() for mail in mails]
    return {line.split(": ")[1] for head in heads for line in head.splitlines() if line.startswith("X-Referral-Id")}


def test_a_mail_server_that_is_down_delays_and_never_drops(tmp_path: Path) -> None:
    """The clinic's mail server restarts at night; the referral of 11 pm must be there in the morning."""
    from tests.mail import free_port

    port = free_port()
    settings = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "OUTBOX_RETRY_BASE_S": "0.2", "OUTBOX_RETRY_CAP_S": "0.5"}
    with serving(tmp_path, **settings) as server:
        visitor = Visitor(server, server.clinic())
        body = {
            "client_id": "down-0001",
            "action": "callback",
            "slots": {"patient_name": "Io Vale", "contact": "io@vale.example"},
        }
        assert visitor.post("/contact", body).status_code == 201
        waiting = wait_for("a failed try", lambda: [n for n in server.facts("outbox", "list") if n["attempts"]])
        assert waiting[0]["state"] == "pending"
        with smtp_server(port=port) as mailbox:
            wait_for("the mail", lambda: mailbox.mails)
            wait_for("an empty outbox", lambda: server.facts("outbox", "list") == [])
            assert len(mailbox.mails) == 1


def test_a_refused_address_is_dead_visible_and_retried_by_hand(tmp_path: Path) -> None:
    """A notice that can never be delivered must be seen, kept, and sent when the address is mended."""
    with smtp_server() as mailbox, serving(tmp_path, SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}") as server:
        mailbox.rcpt = "550 no such user"
        visitor = Visitor(server, server.clinic())
        body = {
            "client_id": "dead-0001",
            "action": "callback",
            "slots": {"patient_name": "Io Vale", "contact": "io@vale.example"},
        }
        visitor.post("/contact", body)
        dead = wait_for("a dead notice", lambda: [n for n in server.facts("outbox", "list") if n["state"] == "dead"])
        assert "550" in dead[0]["last_error"]
        assert server.http.get("/readyz").json()["outbox_dead"] == 1
        mailbox.rcpt = "250 ok"
        assert server.facts("outbox", "retry")["retried"] == [dead[0]["id"]]
        wait_for("the mail", lambda: len(mailbox.mails) == 1)


def test_sigterm_ends_in_peace(server: Server) -> None:
    """A restart for an update must not cut a reply or leave a lock behind."""
    visitor = Visitor(server, server.clinic())
    visitor.say("hello")
    assert server.stop() == 0
    server.start()
    assert len(visitor.transcript()) == 2
