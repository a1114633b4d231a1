"""staff create, staff disable."""

from collections.abc import Callable
from typing import Any

from app.desk import Desk
from app.store.queries.clinics import clinic_of_site
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff

Report = Callable[[dict[str, Any]], None]


def staff_create(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"staff_id", "email", "role", "password", "totp_secret"}: the password is shown this once."""
    clinic = clinic_of_site(desk.database, arguments["clinic"]) if arguments["clinic"] else None
    made = create_staff(desk, arguments["email"], arguments["role"], clinic.id if clinic else None)
    return {
        "staff_id": made.staff_id,
        "email": arguments["email"],
        "role": arguments["role"],
        "password": made.password,
        "totp_secret": None,
    }


def staff_disable(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """Ends the person's access at once."""
    disable_staff(desk, arguments["email"])
    return {"email": arguments["email"], "disabled": True}
