"""model status, try, exam, egress."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.queries.models import EgressLine
from app.usecases.ask_for_exam import ask_for_exam
from app.usecases.model_failures import explained
from app.usecases.model_status import ModelStatus, Resting, model_status
from app.usecases.read_egress import open_egress, read_egress
from app.usecases.sight import EVERYTHING
from app.usecases.try_model import try_model

Report = Callable[[dict[str, Any]], None]


def model_status_facts(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """ModelStatus with plain values, and "why" in words where the server is left alone or gave nothing of use."""
    return status_facts(model_status(desk, clinic_of_site(desk.database, arguments["clinic"])))


def status_facts(found: ModelStatus) -> dict[str, Any]:
    """Plain values of it."""
    facts = asdict(found) | {"day": found.day.isoformat(), "unagreed": found.unagreed}
    if found.exam:
        facts["exam"] |= {"taken_at": found.exam.taken_at.isoformat()}
    facts |= {"resting": _since(found.resting), "trouble": _since(found.trouble)}
    return facts


def _since(known: Resting | None) -> dict[str, Any] | None:
    if known is None:
        return None
    why = explained(known.failure).what if known.failure else None
    return {"since": known.since.isoformat(), "failure": known.failure, "why": why}


def model_try(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"ok", "said", "seconds", "failure", "what", "remedy", "egress_id"}: one call with made-up words."""
    tried = try_model(desk, clinic_of_site(desk.database, arguments["clinic"]), COMMAND)
    return asdict(tried) | {"ok": tried.ok}


def model_exam(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """The status, in which the exam waits."""
    return status_facts(model_status(desk, ask_for_exam(desk, arguments["clinic"], COMMAND)))


def model_egress(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"egress": [lines, newest first], "older": what to give as `before`, or null}; with `id` that one with its
    "messages" and "body"."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    if arguments.get("id"):
        opened = open_egress(desk, clinic.id, arguments["id"], COMMAND, EVERYTHING)
        return _line(opened.line) | {"messages": [asdict(one) for one in opened.messages], "body": opened.body}
    page = read_egress(desk, clinic.id, arguments.get("before"), COMMAND)
    return {"egress": [_line(one) for one in page.lines], "older": page.older}


def _line(line: EgressLine) -> dict[str, Any]:
    ended = line.ended_at.isoformat() if line.ended_at else None
    return asdict(line) | {"sent_at": line.sent_at.isoformat(), "ended_at": ended, "seconds": line.seconds}
