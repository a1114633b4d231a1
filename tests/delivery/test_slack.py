"""Slack messages against a real receiver: nothing that a patient typed is markup there."""

import json
from typing import Any

import pytest

from app.clock import system_clock
from app.delivery.base import Target
from app.delivery.notices import SUBJECTS
from app.delivery.outbound_http import Outbound
from app.delivery.summary import Line, Section, Summary, bare
from app.delivery.transports.slack import MOST_LETTERS, SlackTransport, escape, message_of
from tests.delivery.facts import facts
from tests.receiver import receiver

MARKUP = ("<!channel>", "<https://evil.example|click>", "<@U123>")


def texts(message: dict[str, Any], kind: str) -> list[str]:
    return [block["text"]["text"] for block in message["blocks"] if block["text"]["type"] == kind]


def test_it_arrives_as_json() -> None:
    """Slack would answer invalid_payload to anything else."""
    with receiver() as other:
        transport = SlackTransport(Outbound(5.0, allow_private=True), system_clock())
        assert transport.send(facts(), Target("dest_a", "slack", other.url)) == "delivered"
        [posted] = other.posted
    assert posted.headers["content-type"] == "application/json"
    assert json.loads(posted.body) == message_of(facts())
    assert not any("Rosa" in value for value in posted.headers.values())


def test_a_patients_words_are_plain_text() -> None:
    """One "<!channel>" would wake everybody, one link could lead staff anywhere."""
    message = message_of(facts())
    assert all(part not in json.dumps(message) for part in MARKUP)
    [plain] = texts(message, "plain_text")
    assert "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;" in plain
    [opening] = texts(message, "mrkdwn")
    assert "Rosa" not in opening + message["text"], "no patient's word is in markup, or in the notification's text"
    assert plain.count("\n") == 2, "a line break of the patient's makes no line"
    assert (message["unfurl_links"], message["unfurl_media"], message["link_names"]) == (False, False, False)


def test_a_place_that_gets_a_link_gets_no_more() -> None:
    """The least is the default: kind, reference and link."""
    message = message_of(facts(summary=bare(facts().summary)))
    assert len(message["blocks"]) == 1
    assert texts(message, "mrkdwn") == [
        "*New referral (K7M2P9Q)*\nA patient finished a request in the chat of Harbor &amp; Sons Therapy.\n"
        "<https://desk.example/dashboard/key/leads/lead_abc|Open it>"
    ]


@pytest.mark.parametrize("letter", ["x", "&", "<", "é"])
def test_long_words_are_cut_before_slack_refuses_them(letter: str) -> None:
    """One patient who pastes a page would make a message that Slack never takes."""
    long = Section("why", "Why", (Line(letter * 9000),))
    [plain] = texts(message_of(facts(summary=Summary("x", (), (long,)))), "plain_text")
    assert MOST_LETTERS - 10 < len(plain) <= MOST_LETTERS + 1
    assert plain.endswith("…")
    assert plain.startswith(f"WHY\n{escape(letter)}")
    assert plain.removesuffix("…").endswith(escape(letter)), "nothing is cut in the middle of what was escaped"


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
def test_each_kind_has_its_words(kind: str) -> None:
    """A kind without words would fail each time it is sent, and never arrive."""
    [opening] = texts(message_of(facts(kind=kind)), "mrkdwn")
    assert "Harbor &amp; Sons Therapy" in opening
