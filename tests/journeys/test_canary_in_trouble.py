"""Words of patients in bad hours: receivers that refuse and repeat what they got, a disk that is full, papers that hold
what they should not; and the dashboard's own pages, which no cache may keep."""

import json
import re
import secrets
import sys
from pathlib import Path
from typing import Any

import pyotp
import pytest

from tests.journeys.test_canary import CANARIES, in_files, seen, swept, talk
from tests.journeys.test_storage_failure import full_disk
from tests.receiver import Receiver, receiver
from tests.server import Server, serving, wait_for

pytestmark = pytest.mark.timeout(400)
NAME = f"{CANARIES['name']} {CANARIES['surname']}"


def place(server: Server, site_key: str, channel: str, there: Receiver, fields: str) -> dict[str, Any]:
    given = ("--clinic", site_key, "--channel", channel, there.url, "--fields", fields)
    made: dict[str, Any] = server.facts("destinations", "add", *given)
    return made


def attempts(server: Server) -> list[dict[str, Any]]:
    return [one for one in server.facts("outbox", "list", "--all") if one["channel"] != "email"]


def lying_open(server: Server) -> dict[str, list[str]]:
    """Files with words of patients. An install for trying keeps its mails as files, for people to look at."""
    return {name: words for name, words in in_files(server.data).items() if not name.startswith("mail/")}


def test_bodies_carry_what_the_clinic_chose_and_failures_tell_nothing(tmp_path: Path) -> None:
    """A receiver that refuses a notice and quotes it in its refusal would put a patient into the log and the outbox."""
    echo = {"X-Echo": NAME, "Content-Length": "0"}
    with receiver() as slack, receiver() as hook, receiver() as thin:
        for one in (slack, hook, thin):
            one.status, one.headers = 500, echo
        settings: dict[str, Any] = {"FETCH_PRIVATE": "true", "OUTBOX_RETRY_BASE_S": 0.2, "OUTBOX_AMBIGUOUS_WAIT_S": 1}
        with serving(tmp_path, **settings) as server:
            site_key = server.clinic()
            place(server, site_key, "slack", slack, "patient_name")
            place(server, site_key, "webhook", hook, "patient_name,contact")
            place(server, site_key, "webhook", thin, "-")
            talk(server, site_key)
            wait_for("refusals", lambda: all(one.posted for one in (slack, hook, thin)))
            refused = swept(server, site_key)
            assert {where: seen(what) for where, what in refused.items() if seen(what)} == {}
            for one in (slack, hook, thin):
                one.status, one.headers = 200, {"Content-Length": "0"}

            def arrived() -> bool:
                return {one["state"] for one in attempts(server)} == {"delivered"}

            wait_for("the notices", arrived)
            assert {"name", "surname"} <= set(seen(slack.posted[-1].body))
            assert {"name", "surname", "phone"} <= set(seen(hook.posted[-1].body))
            for one, allowed in ((slack, {"name", "surname"}), (hook, {"name", "surname", "phone"}), (thin, set())):
                for posted in one.posted:
                    assert set(seen(posted.body)) <= allowed, "only the fields that the clinic chose"
                    assert seen(json.dumps(posted.headers) + posted.path) == []
            assert {where: seen(what) for where, what in swept(server, site_key).items() if seen(what)} == {}
            server.kill()
            assert lying_open(server) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can only be set on Linux")
def test_a_full_disk_leaves_no_words_behind(tmp_path: Path) -> None:
    """What could not be stored would be written to the log instead, as a help for whoever looks for the reason."""
    with serving(tmp_path) as server:
        site_key = server.clinic()
        visitor = talk(server, site_key)
        slots = {"patient_name": f"Ada {CANARIES['form']}", "contact": "212-555-0147", "reason": CANARIES["refused"]}
        with full_disk(server):
            answers = [
                visitor.post("/messages", {"client_id": secrets.token_hex(8), "text": f"I am {NAME}"}),
                visitor.post(
                    "/messages",
                    {"client_id": secrets.token_hex(8), "text": f"I am {NAME}"},
                    Accept="text/event-stream",
                ),
                visitor.post("/contact", {"client_id": secrets.token_hex(8), "action": "callback", "slots": slots}),
                server.http.delete(f"/api/v1/conversations/{visitor.id}", headers=visitor.headers),
            ]
        for answer in answers:
            assert answer.status_code == 503, answer.text
            assert seen(answer.text + str(answer.headers)) == []
        assert "storage failed" in server.log.read_text()
        assert {where: seen(what) for where, what in swept(server, site_key).items() if seen(what)} == {}
        server.kill()
        assert lying_open(server) == {}


def sign_in(server: Server, site_key: str) -> dict[str, str]:
    made = server.facts("staff", "create", "--clinic", site_key, "--email", "cole@willow.example", "--role", "manager")
    code = server.run("staff", "reset-mfa", "--email", "cole@willow.example", "--json")
    secret = json.loads(code.stdout)["totp_secret"]
    form = {"email": made["email"], "password": made["password"], "code": pyotp.TOTP(secret).now()}
    done = server.http.post("/dashboard/sign-in", data=form, headers={"Origin": server.url})
    assert done.status_code == 303, done.text
    return {"Cookie": f"frontdesk={done.cookies['frontdesk']}", "Origin": server.url}


def test_pages_with_words_of_patients_are_kept_by_no_cache_and_papers_tell_nothing(tmp_path: Path) -> None:
    """A shared computer would show the last request to the next person; or a paper's name would be a patient's."""
    with serving(tmp_path) as server:
        site_key = server.clinic()
        talk(server, site_key)
        manager, base = sign_in(server, site_key), f"/dashboard/{site_key}"
        leads = server.http.get(f"{base}/leads", headers=manager)
        found = re.search(rf'href="({base}/leads/lead_[a-z0-9]+)"', leads.text)
        assert found, leads.text[-2000:]
        pages = [leads, *(server.http.get(path, headers=manager) for path in (found[1], f"{base}/unanswered"))]
        assert {"name", "question"} <= {name for page in pages for name in seen(page.text)}, "the pages show them"
        token = re.search(r'name="csrf_token" value="([^"]+)"', leads.text)
        assert token
        broken = {"files": (f"{CANARIES['surname']}.pdf", f"%PDF-1.4 {NAME}".encode())}
        whole = {"files": (f"{CANARIES['name']}.md", b"# Hours\n\nWe open at eight.")}
        for upload in (broken, whole):
            sent = server.http.post(f"{base}/papers", data={"csrf_token": token[1]}, files=upload, headers=manager)
            pages.append(sent)
        wait_for("the reading", lambda: not re.search(r'data-status="(queued|reading)"', papers(server, base, manager)))
        pages.append(server.http.get(f"{base}/papers", headers=manager))
        assert {"surname", "name"} <= set(seen(pages[-1].text)), "staff see what they uploaded"
        for page in pages:
            assert page.headers["Cache-Control"] == "no-store", page.url
            assert page.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
            assert not {"etag", "last-modified", "expires"} & set(page.headers), page.url
            assert seen(str(page.headers) + str(page.url)) == []
        sinks = swept(server, site_key)
        assert {where: seen(what) for where, what in sinks.items() if seen(what)} == {}
        server.kill()
        assert lying_open(server) == {}


def papers(server: Server, base: str, manager: dict[str, str]) -> str:
    return server.http.get(f"{base}/papers", headers=manager).text
