"""expunge: one patient's data, or that of all patients of a clinic, is removed everywhere; the receipt says what."""

from collections.abc import Callable
from typing import Any

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.usecases.expunge import Wanted
from app.usecases.expunge import expunge as expunge_patient

Report = Callable[[dict[str, Any]], None]


def expunge(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """The receipt of `usecases.expunge`; with `dry_run` only what would go."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    wanted = Wanted(
        arguments["references"],
        arguments["leads"],
        arguments["conversations"],
        bool(arguments.get("repeats")),
        bool(arguments.get("everybody")),
    )
    return expunge_patient(desk, clinic.id, wanted, COMMAND, dry_run=bool(arguments.get("dry_run")))
