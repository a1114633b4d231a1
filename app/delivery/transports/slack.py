"""Posts notices to a Slack channel by an incoming webhook. Its address is a secret: who knows it may write there."""

import json
from typing import Any

from app.clock import Clock
from app.delivery.alerts import lines_of, subject_of
from app.delivery.base import AlertFacts, Ended, NoticeFacts, Target
from app.delivery.notices import SUBJECTS, link_word, opening_of
from app.delivery.outbound_http import Outbound
from app.delivery.posting import post
from app.delivery.summary import Section, text_of

MOST_LETTERS = 2900
"""Of one block; Slack refuses a message with a block of more than 3000. What is escaped counts as it is written."""


def message_of(facts: NoticeFacts) -> dict[str, Any]:
    """What is posted. Only the desk's own words are markup; what a patient said is plain text in blocks of its own,
    where Slack makes neither mentions nor links of it. Without allowed fields there are no such blocks."""
    title = f"{SUBJECTS[facts.kind]} ({facts.reference})"
    opening = f"*{escape(title)}*\n{escape(opening_of(facts))}\n<{escape(facts.link)}|{link_word()}>"
    return {
        "text": escape(title),
        "mrkdwn": False,
        "link_names": False,
        "parse": "none",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": opening, "verbatim": True}},
            *(_block(section) for section in facts.summary.sections),
        ],
    }


def escape(text: str) -> str:
    """As Slack wants it: with these three characters all its markup begins that could mention or link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _block(section: Section) -> dict[str, Any]:
    text = "\n".join([section.title.upper(), *(text_of(line) for line in section.lines)])
    return {"type": "section", "text": {"type": "plain_text", "text": escape(_short(text)), "emoji": False}}


def _short(text: str) -> str:
    size = 0
    for place, letter in enumerate(text):
        size += len(escape(letter))
        if size > MOST_LETTERS:
            return f"{text[:place]}…"
    return text


class SlackTransport:
    """One POST for each notice. Slack knows no id of a message, so a lost reply may mean a second copy."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound, self._clock = outbound, clock

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Returns "delivered" once Slack took it."""
        post(self._outbound, self._clock, to.address, json.dumps(message_of(facts)).encode(), {})
        return "delivered"

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`. Plain text alone: the operator's webhook need not be Slack's own."""
        text = escape("\n".join([subject_of(facts), *lines_of(facts)]))
        body = {"text": text, "mrkdwn": False, "link_names": False, "unfurl_links": False}
        post(self._outbound, self._clock, to.address, json.dumps(body).encode(), {})
        return "delivered"
