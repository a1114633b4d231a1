"""clinic create, set, list."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.queries.clinics import all_clinics
from app.usecases.change_clinic import change_clinic
from app.usecases.create_clinic import ClinicDraft, create_clinic

Report = Callable[[dict[str, Any]], None]


def clinic_create(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """A new clinic's facts, `site_key` among them."""
    return asdict(create_clinic(desk, ClinicDraft(**arguments), COMMAND))


def clinic_set(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """The clinic's facts after the change."""
    return asdict(change_clinic(desk, arguments["clinic"], arguments["changes"], COMMAND))


def clinic_list(desk: Desk, arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:  # noqa: ARG001
    """Every clinic's facts."""
    return [asdict(clinic) for clinic in all_clinics(desk.database)]
