"""Words of an alert: notices do not get through. No word of a patient is in it."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from app.delivery.base import AlertFacts
from app.delivery.notices import Mail
from app.dialogue.shipped import read_yaml


def subject_of(facts: AlertFacts) -> str:
    """One line, the same for all alerts of a kind."""
    return str(_words()["subject"][facts.kind])


def lines_of(facts: AlertFacts) -> list[str]:
    """What happened, where, why, how many wait, and what to do."""
    words = _words()
    what = words["what"]["dead_place" if facts.kind == "dead" and facts.place else facts.kind]
    lines = [
        what,
        words["whose"] if facts.clinic else "",
        words["why"],
        words["how_many"],
        words["safe"],
        words["then"][facts.kind],
        words["once"],
    ]
    given = {
        "channel": words["channels"].get(facts.channel, facts.channel),
        "place": facts.place or "",
        "clinic": facts.clinic or "",
        "error": facts.error.rstrip("."),
        "dead": facts.dead,
        "waiting": facts.waiting,
        "link": facts.link,
    }
    return [line.format_map(given) for line in lines if line]


def render_alert(facts: AlertFacts, recipient: str, mail_from: str) -> Mail:
    """The same mail for the same facts; the Message-ID is made of the alert's id."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["Subject"] = subject_of(facts)
    message["From"] = mail_from
    message["To"] = recipient
    message["Date"] = format_datetime(facts.created_at)
    message["Message-ID"] = f"<{facts.alert_id}@{mail_from.rpartition('@')[2].strip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(lines_of(facts)) + "\n")
    return Mail(facts.alert_id, recipient, message)


def alert_body(facts: AlertFacts) -> dict[str, Any]:
    """What a clinic's own system gets."""
    data = {
        "channel": facts.channel,
        "place": facts.place,
        "error": facts.error,
        "dead": facts.dead,
        "waiting": facts.waiting,
        "link": facts.link,
    }
    return {"type": f"outbox.{facts.kind}", "timestamp": facts.created_at.isoformat(), "data": data}


def _words() -> Any:
    return read_yaml("app.delivery", "alerts.yaml")
