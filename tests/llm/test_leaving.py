"""What leaves for a model server: nothing before it is on record, nothing that the server does not need, and no word of
a patient in a log."""

import json
import logging
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr
from sqlmodel import select

from app.actions.shipped import shipped_actions
from app.answering import prompting
from app.dialogue.action import Catalogue
from app.dialogue.state import State, Topic
from app.errors import Unavailable
from app.llm import budget
from app.llm.base import ModelFailed, Part, Prompt
from app.llm.egress import Request
from app.store.session import Database
from app.store.tables import ModelDay
from app.understanding import briefing
from app.usecases.end_conversation import end_conversation
from tests.answering.papers import prose
from tests.desk import desk_at_rest
from tests.llm.conftest import SCHEMA, VALUE, Install, called, made
from tests.llm.servers import Asked, Behaviour, always, cost_bomb, model_server, say, status

CANARY = "Zebedee Quillfeather"


def test_the_row_is_on_disk_before_the_server_sees_a_byte(install: Install) -> None:
    seen: list[tuple[str, str]] = []

    def look(asked: Asked) -> Behaviour:
        seen.extend((row.body, row.result) for row in install.rows())
        return say(VALUE)

    with model_server(look) as server:
        assert called(install.turn(install.guests(server.base_url)), "complete").value == VALUE
        assert seen == [(server.bodies[0].decode(), "")]
    (row,) = install.rows()
    assert (row.result, row.purpose, row.conversation_id, row.model) == (
        "ok",
        "understand",
        install.conversation_id,
        "scripted",
    )
    assert row.host == server.base_url.split("/")[2]
    assert (row.local, row.redacted) == (False, True)
    assert row.ended_at is not None
    assert row.sent_at <= row.ended_at


def test_earlier_and_present_questions_leave_without_names(install: Install) -> None:
    """What was asked before goes along when a message is to be understood, the question when it is to be answered."""
    asked = f"Does {CANARY} need a referral?"
    state, paper = State().after(Topic(asked)), prose("A visit takes an hour.", "Visits")
    understanding = briefing.prompts("and for me?", state, Catalogue(shipped_actions()))
    for prompts in (understanding, prompting.prompts(asked, [paper], "en")):
        assert CANARY in "".join(part.text for prompt in prompts for part in prompt.parts)
        with model_server(always(say("Yes."))) as server:
            list(install.turn(install.guests(server.base_url)).stream("answer", prompts, max_tokens=20))
        sent = server.bodies[0].decode()
        assert "need a referral?" in sent
        assert not any(name in sent for name in CANARY.split())


def test_without_the_row_nothing_leaves(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise Unavailable("This cannot be saved right now.")

    with model_server(always(say(VALUE))) as server:
        turn = install.turn(install.guests(server.base_url))
        monkeypatch.setattr(Database, "write", full)
        assert called(turn, "complete").failure == "unrecorded"
        assert server.asked == []


def test_a_disk_that_fails_behind_a_reply_costs_its_figures_only(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Unavailable("This cannot be saved right now.")

    with model_server(always(say(VALUE))) as server:
        turn = install.turn(install.guests(server.base_url))
        monkeypatch.setattr(Request, "_finish", full)
        assert called(turn, "complete").value == VALUE
    (row,) = install.rows()
    assert (row.result, row.ended_at) == ("", None)


def test_nothing_more_leaves_for_a_chat_that_was_deleted_meanwhile(install: Install) -> None:
    """The record would bring back words that the patient was told are gone."""
    with model_server(always(say(VALUE))) as server:
        guest = install.turn(install.guests(server.base_url))
        assert called(guest, "complete").value == VALUE
        end_conversation(install.running.desk, install.clinic, install.conversation_id)
        assert called(guest, "stream").failure == "unrecorded"
        assert len(server.asked) == 1
    assert install.rows() == []


def test_a_crash_leaves_a_row_without_a_result_and_frees_its_tokens(tmp_path: Path) -> None:
    with desk_at_rest(tmp_path) as running:
        install = made(running)
        guests = install.guests("http://127.0.0.1:9/v1")
        guests.request(install.clinic, install.conversation_id, "answer", 100).leaving(b"{}")
        assert install.day().reserved_tokens == 101
    with desk_at_rest(tmp_path) as again:
        install = Install(again, install.clinic, install.conversation_id)
        assert [row.result for row in install.rows()] == [""]
        assert (install.day().reserved_tokens, install.day().calls) == (0, 1)


def test_only_what_the_server_needs_is_sent(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client adds the operating system, the Python version, and whatever variables of its own it finds."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Extra: 1\nAuthorization: Bearer from-the-environment")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with model_server(always(say(VALUE))) as server:
        called(install.turn(install.guests(server.base_url)), "complete")
        called(install.turn(install.guests(server.base_url)), "stream")
        one, two = server.asked
    needed = {"host", "content-type", "content-length", "accept", "accept-encoding", "user-agent"}
    assert set(one.headers) == set(two.headers) == needed
    assert one.headers["user-agent"] == "Frontdesk"
    assert one.headers["accept-encoding"] == "identity"
    assert set(one.body) == {"model", "messages", "max_tokens", "temperature", "repeat_penalty", "response_format"}
    assert b"environment" not in one.raw + two.raw


def test_the_key_is_sent_and_never_recorded(install: Install) -> None:
    with model_server(always(say(VALUE))) as server:
        called(install.turn(install.guests(server.base_url, llm_api_key=SecretStr("sk-secret"))), "complete")
        assert server.asked[0].headers["authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in install.rows()[0].body


def test_no_word_of_a_patient_reaches_a_log(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    """Not at the most talkative level, and not through the words of a server that repeats them."""
    caplog.set_level(logging.DEBUG)
    prompts = [Prompt("user", [Part(f"I am {CANARY}", "patient")])]
    scripts = (say(f"Hello {CANARY}"), status(400, f"bad: {CANARY}"), status(500, CANARY), say('{"kind": "' + CANARY))
    problems = ""
    for behaviour in scripts:
        with model_server(always(behaviour)) as server:
            guest = install.turn(install.guests(server.base_url, llm_redaction="off", llm_baa="signed"))
            try:
                list(guest.stream("answer", prompts, max_tokens=20))
                guest.complete("understand", prompts, SCHEMA, max_tokens=20)
            except ModelFailed as problem:
                problems += f"{problem!r} {problem.__cause__!r}"
            assert CANARY.encode() in server.bodies[0]
    assert CANARY not in caplog.text
    assert CANARY not in problems


def test_a_server_with_a_wrong_certificate_gets_nothing(install: Install) -> None:
    ca, other = trustme.CA(), trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted, elsewhere = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    ca.configure_trust(trusted)
    other.configure_trust(elsewhere)
    with model_server(always(say(VALUE)), tls) as server:
        assert called(install.turn(install.guests(server.base_url, trusted=trusted)), "complete").value == VALUE
        failed = called(install.turn(install.guests(server.base_url, trusted=elsewhere)), "complete")
        assert failed.failure == "unreachable"
        assert len(server.asked) == 1


def test_a_clinic_that_has_it_off_has_no_guest(install: Install) -> None:
    guests = install.guests("http://127.0.0.1:9/v1")
    assert guests.for_turn(replace(install.clinic, model_on=False), conversation_id=None) is None


def test_an_install_without_a_model_has_no_guests(install: Install) -> None:
    assert install.running.desk.guests is None


def test_the_days_tokens_are_a_limit(install: Install) -> None:
    limit = 2_000
    with model_server(always(say(VALUE))) as server:
        guests = install.guests(server.base_url, llm_tokens_per_day=limit)
        for _ in range(200):
            if called(install.turn(guests), "stream").failure:
                break
        assert called(install.turn(guests), "complete").failure == "budget"
        sent = len(server.asked)
    day = install.day()
    assert 2 < sent < 200
    assert len(install.rows()) == sent == day.calls
    assert limit / 2 < day.tokens <= limit
    assert guests.health().kept_back == {"budget": 2}


def test_many_at_once_do_not_pass_the_limit(install: Install) -> None:
    """Each reserves the most it can use before it leaves."""
    most: list[int] = []

    def look(asked: Asked) -> Behaviour:
        most.append(install.day().tokens)
        return say(VALUE)

    with model_server(look) as server:
        guests = install.guests(server.base_url, llm_tokens_per_day=1_000)
        threads = [
            threading.Thread(target=called, args=(install.turn(guests), "stream"), kwargs={"max_tokens": 200})
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most
    assert max(most) <= 1_000
    assert install.day().reserved_tokens == 0


def test_a_server_that_claims_billions_uses_up_no_more_than_is_possible(install: Install) -> None:
    with model_server(cost_bomb()) as server:
        got = called(install.turn(install.guests(server.base_url)), "stream", max_tokens=40)
        size = len(server.bodies[0])
    assert got.failure == "too_long"
    (row,) = install.rows()
    assert (row.prompt_tokens, row.completion_tokens) == (size + budget.TEMPLATE_TOKENS, 40)
    assert install.day().tokens == size + budget.TEMPLATE_TOKENS + 40


@pytest.mark.parametrize("told", [-5_000, "many", 1.5, None])
def test_figures_that_cannot_be_are_estimated(install: Install, told: Any) -> None:
    usage = {"prompt_tokens": told, "completion_tokens": told, "total_tokens": told}
    with model_server(always(say(VALUE, usage=usage))) as server:
        called(install.turn(install.guests(server.base_url)), "complete")
    (row,) = install.rows()
    assert row.tokens_estimated
    assert install.day().tokens > 50


def test_the_day_is_the_clinics_own(install: Install) -> None:
    """At 9 pm in New York it is tomorrow in London."""
    evening = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    with model_server(always(say(VALUE))) as server:
        guests = install.guests(server.base_url, clock=lambda: evening)
        called(install.turn(guests), "complete")
    with install.running.desk.database.read() as session:
        days = session.exec(select(ModelDay.day).where(ModelDay.clinic_id == install.clinic.id)).all()
    assert [day.isoformat() for day in days] == ["2026-03-01"]


def test_the_patients_words_come_back_whole(install: Install) -> None:
    """What the server never saw stands in the reply."""

    def echo(asked: Asked) -> Behaviour:
        if asked.schema is not None:
            return say({"kind": "tell", "words": asked.body["messages"][0]["content"]})
        return say(asked.text)

    prompts = [Prompt("user", [Part(f"I am {CANARY}, call 703-555-0142", "patient")])]
    with model_server(echo) as server:
        known = [("NAME", CANARY)]
        guest = install.turn(install.guests(server.base_url), known=known)
        value = guest.complete("understand", prompts, SCHEMA, max_tokens=50)
        text = "".join(guest.stream("answer", prompts, max_tokens=50))
        left = b"".join(server.bodies)
    assert text == prompts[0].parts[0].text
    assert CANARY in value["words"]
    assert CANARY.encode() not in left
    assert b"703-555-0142" not in left
    assert "703-555-0142" not in json.dumps([row.body for row in install.rows()])


def test_papers_leave_as_they_are(install: Install) -> None:
    """The clinic's own phone is what the patient asks for."""
    prompts = [Prompt("user", [Part("[1] Call 703-555-0100.", "paper"), Part(" Your number?", "patient")])]
    with model_server(always(say("x"))) as server:
        list(install.turn(install.guests(server.base_url)).stream("answer", prompts, max_tokens=50))
        assert b"703-555-0100" in server.bodies[0]


def test_health_counts(install: Install) -> None:
    with model_server(always(say(VALUE))) as server:
        guests = install.guests(server.base_url)
        called(install.turn(guests), "complete")
        server.script = always(status(401))
        called(install.turn(guests), "complete")
        health = guests.health()
    assert health.requests == {"ok": 1, "unauthorized": 1}
    assert health.last_failure_kind == "unauthorized"
    assert health.last_success is not None
    assert health.last_failure is not None
    assert health.last_success < health.last_failure
    assert (health.running, health.resting_since) == (0, None)
    assert health.prompt_tokens + health.completion_tokens == install.day().tokens
