"""read_egress: what left for the language model, as far as the reader may see it. That somebody looked is on record
first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.desk import Desk
from app.store.audit import Actor
from app.store.queries.models import EgressLine, EgressPage, egress_entry, egress_page
from app.usecases.log_read import log_read
from app.usecases.sight import Sight, seen


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message of a request: `role` system, user or assistant, as the interface of such servers names them."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenedEgress:
    """One request: `messages` to read, `body` to the byte. Without a right to read patients' words both are empty and
    `words_hidden` is true."""

    line: EgressLine
    messages: tuple[SentMessage, ...]
    body: str
    words_hidden: bool


def read_egress(desk: Desk, clinic_id: str, before: str | None, actor: Actor) -> EgressPage:
    """A page of it, newest first; it holds no words. Raises NotFound for a `before` that is not there."""
    page = egress_page(desk.database, clinic_id, before)
    log_read(desk, actor, "egress_list_read", ("clinic", clinic_id), clinic_id)
    return page


def open_egress(desk: Desk, clinic_id: str, egress_id: str, actor: Actor, sight: Sight) -> OpenedEgress:
    """One request as it left. Raises NotFound for another clinic's."""
    whole = egress_entry(desk.database, clinic_id, egress_id)
    log_read(desk, actor, "egress_read", ("egress", egress_id), clinic_id)
    shown = seen(whole, sight, lambda _name: "")
    return OpenedEgress(shown.line, messages_in(shown.body or ""), shown.body or "", shown.body is None)


def messages_in(body: str) -> tuple[SentMessage, ...]:
    """The messages of a request to /chat/completions; none where it is something else."""
    try:
        sent = json.loads(body)
    except ValueError:
        return ()
    messages = sent.get("messages") if isinstance(sent, Mapping) else None
    found = [one for one in messages if isinstance(one, Mapping)] if isinstance(messages, list) else []
    return tuple(SentMessage(str(one.get("role", "")), _text(one.get("content"))) for one in found)


def _text(content: Any) -> str:
    """Words as they are; anything else as JSON, so that nothing that left is left out."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
