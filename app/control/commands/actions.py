"""actions list, export, import, test, enable, disable, reset."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.actions.files import documents_in, text_of
from app.actions.problems import NotAnAction
from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.audit import COMMAND
from app.store.queries.actions import StoredAction, actions_of, history_of
from app.store.queries.clinics import clinic_of_site
from app.usecases.check_actions import Plan, check_actions
from app.usecases.publish_actions import publish_actions
from app.usecases.switch_action import reset_action, switch_action
from app.usecases.try_action import try_action

Report = Callable[[dict[str, Any]], None]


def actions_list(desk: Desk, arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:  # noqa: ARG001
    """The actions in force; with `name`, every version of that one."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    if name := arguments.get("name"):
        return [_line(one) for one in history_of(desk.database, clinic.id, name)]
    return [_line(one) for one in actions_of(desk.database, clinic.id)]


def actions_export(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"yaml", "actions"}: all actions in force, or those in `names`; with `number`, that version of the one named."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    names, number = arguments.get("names") or [], arguments.get("number")
    if number is not None:
        if len(names) != 1:
            raise Invalid("A version belongs to one action.", "Name it with --name.")
        chosen = [one for one in history_of(desk.database, clinic.id, names[0]) if one.number == number]
        if not chosen:
            raise NotFound(f"The action {names[0]!r} has no version {number!r}.")
    else:
        stored = actions_of(desk.database, clinic.id)
        known = [one.name for one in stored]
        if strange := [name for name in names if name not in known]:
            raise NotFound(f"There is no action {strange[0]!r}.", f"There are {', '.join(known)}.")
        chosen = [one for one in stored if not names or one.name in names]
    documents = [one.document for one in chosen]
    return {"yaml": text_of(documents), "actions": documents}


def actions_import(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"published", "actions": [{"name", "number", "changed", "enabled", "differences", "notes"}]}. With `dry_run`
    nothing is published."""
    clinic, documents = clinic_of_site(desk.database, arguments["clinic"]), documents_in(arguments["text"])
    if arguments.get("dry_run"):
        found, problems = check_actions(desk, clinic, documents)
        if problems:
            raise NotAnAction(problems)
    else:
        found = publish_actions(desk, clinic, documents, COMMAND)
    return {"published": not arguments.get("dry_run"), "actions": [_planned(plan) for plan in found]}


def actions_test(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """{"turns": [...]}, one for each of the messages `say`, as in `try_action`."""
    clinic, documents = clinic_of_site(desk.database, arguments["clinic"]), documents_in(arguments["text"])
    name = arguments.get("name")
    chosen = [one for one in documents if name in (None, one.get("name"))]
    if len(chosen) != 1:
        names = ", ".join(str(one.get("name")) for one in documents)
        raise Invalid(f"The file has the actions {names}.", "Say with --name which one to test.")
    tried = try_action(desk, clinic, chosen[0], arguments["say"], arguments.get("language"))
    for turn in tried:
        report({"said": turn.said})
    return {"turns": [asdict(turn) for turn in tried]}


def actions_switch(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """Switches an action on or off."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    return _line(switch_action(desk, clinic, arguments["name"], COMMAND, on=arguments["on"]))


def actions_reset(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """Makes a shipped action what the release ships."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    return _line(reset_action(desk, clinic, arguments["name"], COMMAND))


def _line(stored: StoredAction) -> dict[str, Any]:
    return {
        "name": stored.name,
        "number": stored.number,
        "enabled": stored.enabled,
        "origin": stored.origin,
        "slots": [slot["name"] for slot in stored.document["slots"]],
        "made_by": stored.made_by or stored.made_by_kind,
        "created_at": stored.created_at.isoformat() if stored.created_at else None,
    }


def _planned(plan: Plan) -> dict[str, Any]:
    facts = asdict(plan)
    del facts["body"]
    return facts
