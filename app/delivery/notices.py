"""Renders the e-mail that announces a lead. No byte that a patient typed enters a header."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.delivery.base import Mail
from app.delivery.summary import Summary, as_text

TEMPLATES = Path(__file__).parent / "templates"
SUBJECTS = {
    "complete": "New referral",
    "incomplete": "Unfinished request",
    "urgent": "Urgent: please call a patient",
    "completed": "Now complete",
    "update": "Changed by the patient",
    "repeat": "Sent again by the patient",
}


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a notice says. `kind` is a key of SUBJECTS; `summary` holds what the clinic allows for e-mail; `thread_id`
    is the first notice about the same lead, where this is a later one."""

    notice_id: str
    referral_id: str
    kind: str
    recipient: str
    clinic: str
    reference: str
    summary: Summary
    link: str
    created_at: datetime
    local_time: str
    thread_id: str | None = None


def render(facts: NoticeFacts, mail_from: str) -> Mail:
    """The same mail for the same facts: the Message-ID is made of the notice's id, the date of its creation."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Subject"] = f"{SUBJECTS[facts.kind]} ({facts.reference})"
    message["From"] = mail_from
    message["To"] = facts.recipient
    message["Date"] = format_datetime(facts.created_at)
    domain = mail_from.rpartition("@")[2].strip(">")
    message["Message-ID"] = f"<{facts.notice_id}@{domain}>"
    if facts.thread_id:
        message["In-Reply-To"] = message["References"] = f"<{facts.thread_id}@{domain}>"
    message["X-Referral-Id"] = facts.referral_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_template("notice.txt").render(facts=facts, summary=as_text(facts.summary)))
    message.add_alternative(_template("notice.html").render(facts=facts), subtype="html")
    return Mail(facts.notice_id, facts.recipient, message)


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
