"""outbox list, outbox retry."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.queries.outbox import OutboxLine, outbox
from app.usecases.retry_outbox import retry_outbox

Report = Callable[[dict[str, Any]], None]


def outbox_list(desk: Desk, arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:  # noqa: ARG001
    """Notices that are not delivered yet, or all of them, oldest first; ids and states, nothing a patient said."""
    lines = outbox(desk.database, desk.clock(), _clinic(desk, arguments), ended=bool(arguments.get("all")))
    state = arguments.get("state")
    return [_facts(line) for line in lines if not state or line.state == state]


def outbox_retry(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """Makes dead and held notices due now: the named ones, or all, of one clinic or of the install. Raises Invalid for
    a name that is none of them."""
    named = list(arguments.get("ids") or [])
    clinic_id = _clinic(desk, arguments)
    stuck = {line.id for line in outbox(desk.database, desk.clock(), clinic_id) if line.state in ("dead", "held")}
    if strange := [one for one in named if one not in stuck]:
        raise Invalid(f"{strange[0]!r} is no notice that is dead or held.", "See: frontdesk outbox list")
    return {"retried": retry_outbox(desk, clinic_id, COMMAND, named)}


def _clinic(desk: Desk, arguments: dict[str, Any]) -> str | None:
    site_key = arguments.get("clinic")
    return clinic_of_site(desk.database, str(site_key)).id if site_key else None


def _facts(line: OutboxLine) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(line).items()}
