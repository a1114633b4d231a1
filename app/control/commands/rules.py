"""rules export, import."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.desk import Desk
from app.qualification.rule_text import rules_from, text_of
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.usecases.preview_rules import preview_rules
from app.usecases.save_rules import NewRules, save_rules

Report = Callable[[dict[str, Any]], None]


def rules_export(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"version", "text"}: the rules in force as the file to edit."""
    book = desk.rules(clinic_of_site(desk.database, arguments["clinic"]))
    return {"version": book.version, "text": text_of(book.rules.data)}


def rules_import(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"preview", "version", "changed"}: what the rules would have decided differently, and, unless it is a dry run,
    the version that is in force now."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    data = rules_from(arguments["text"])
    preview = asdict(preview_rules(desk, clinic, data))
    if arguments["dry_run"]:
        return {"preview": preview, "version": clinic.rules_version, "changed": False}
    return {"preview": preview, **asdict(save_rules(desk, clinic, NewRules(data), COMMAND))}
