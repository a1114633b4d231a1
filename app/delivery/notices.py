"""Renders the e-mail that announces a lead. No byte that a patient typed enters a header."""

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.delivery.base import NoticeFacts
from app.delivery.summary import as_text
from app.dialogue.shipped import read_yaml

TEMPLATES = Path(__file__).parent / "templates"
SUBJECTS = {
    "complete": "New referral",
    "incomplete": "Unfinished request",
    "urgent": "Urgent: please call a patient",
    "completed": "Now complete",
    "update": "Changed by the patient",
    "example": "Example, nothing to do",
    "repeat": "Sent again by the patient",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered e-mail and where it goes. `key` is constant over all tries of one notice."""

    key: str
    recipient: str
    message: EmailMessage


def render(facts: NoticeFacts, recipient: str, mail_from: str) -> Mail:
    """The same mail for the same facts: the Message-ID is made of the notice's id, the date of its creation."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Subject"] = f"{SUBJECTS[facts.kind]} ({facts.reference})"
    message["From"] = mail_from
    message["To"] = recipient
    message["Date"] = format_datetime(facts.created_at)
    domain = mail_from.rpartition("@")[2].strip(">")
    message["Message-ID"] = f"<{facts.notice_id}@{domain}>"
    if facts.thread_id:
        message["In-Reply-To"] = message["References"] = f"<{facts.thread_id}@{domain}>"
    message["X-Referral-Id"] = facts.referral_id
    message["Auto-Submitted"] = "auto-generated"
    opening = opening_of(facts)
    message.set_content(_template("notice.txt").render(facts=facts, opening=opening, summary=as_text(facts.summary)))
    message.make_alternative(_boundary(facts))
    message.add_alternative(_template("notice.html").render(facts=facts, opening=opening), subtype="html")
    return Mail(facts.notice_id, recipient, message)


def _boundary(facts: NoticeFacts) -> str:
    """What stands between the two forms, the same each time; nobody who types can know it beforehand. A random one is
    looked for in the whole text with a pattern made for it alone, which takes longer than both templates."""
    return f"=_{hashlib.sha256(facts.notice_id.encode()).hexdigest()[:32]}"


def opening_of(facts: NoticeFacts) -> str:
    """The first sentence, the same in every channel; no word of it is the patient's."""
    return str(_words()["opening"][facts.kind]).format(clinic=facts.clinic)


def link_word() -> str:
    """What the link to the lead is called."""
    return str(_words()["link"])


def _words() -> Any:
    return read_yaml("app.delivery", "notices.yaml")


@cache
def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
