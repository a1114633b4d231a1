"""destinations list, add, set, remove, rotate-secret, test."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.queries.destinations import DestinationFacts, list_destinations
from app.usecases.add_destination import NewDestination, add_destination
from app.usecases.change_destination import change_destination
from app.usecases.remove_destination import remove_destination
from app.usecases.rotate_secret import rotate_secret
from app.usecases.try_destination import try_destination

Report = Callable[[dict[str, Any]], None]


def destinations_list(desk: Desk, arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:  # noqa: ARG001
    """The clinic's destinations, the oldest first; of URLs only host and last letters."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    return [_facts(one) for one in list_destinations(desk.database, clinic.id)]


def destinations_add(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """The new destination; `secret` is that of a webhook, shown this once."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    new = NewDestination(arguments["channel"], arguments["address"], arguments["fields"])
    added = add_destination(desk, clinic, new, COMMAND)
    return _facts(added.destination) | {"secret": added.secret}


def destinations_set(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """The destination with other fields."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    return _facts(change_destination(desk, clinic, arguments["id"], arguments["fields"], COMMAND))


def destinations_remove(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"id", "suppressed"}: how many notices will not be sent."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    return {"id": arguments["id"], "suppressed": remove_destination(desk, clinic, arguments["id"], COMMAND)}


def destinations_rotate(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"id", "secret", "old_secret_until"}: the secret is shown this once."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    made = rotate_secret(desk, clinic, arguments["id"], COMMAND, at_once=arguments["at_once"])
    return {"id": made.destination_id, "secret": made.secret, "old_secret_until": _time(made.old_secret_until)}


def destinations_test(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"destination_id", "result", "code", "message", "remedy"}."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    return asdict(try_destination(desk, clinic, arguments["id"], COMMAND))


def _facts(one: DestinationFacts) -> dict[str, Any]:
    times = {"created_at": _time(one.created_at), "old_secret_until": _time(one.old_secret_until)}
    return asdict(one) | {"fields": None if one.fields is None else list(one.fields)} | times


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
