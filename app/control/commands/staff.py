"""staff create, invite, disable, reset-mfa, reset-password, code."""

import json
from collections.abc import Callable
from typing import Any

from app.control.commands.demo import REMEMBERED
from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.queries.clinics import clinic_of_site
from app.usecases.change_password import reset_password
from app.usecases.create_staff import create_staff
from app.usecases.disable_staff import disable_staff
from app.usecases.invite import Invited, invite_again
from app.usecases.reset_second_factor import reset_second_factor
from app.usecases.totp import STEP_S, code_of, phone_time, setup_uri, step_at

Report = Callable[[dict[str, Any]], None]


def staff_create(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"staff_id", "email", "role", "password", "totp_secret", "totp_uri", "set_up_url", "set_up_until"}: the secrets
    are shown this once, and are null where there are none to show. With `invite` the link stands for the others."""
    clinic = clinic_of_site(desk.database, arguments["clinic"]) if arguments["clinic"] else None
    by_link = bool(arguments.get("invite"))
    made = create_staff(desk, arguments["email"], arguments["role"], clinic.id if clinic else None, by_link=by_link)
    return {
        "staff_id": made.staff_id,
        "email": arguments["email"],
        "role": arguments["role"],
        "password": made.password,
        **_app(made.totp_secret, made.email),
        **_link(made.invited),
    }


def staff_invite(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"email", "set_up_url", "set_up_until"}: a new link for somebody who has not used theirs."""
    made = invite_again(desk, arguments["email"])
    return {"email": made.email, **_link(made)}


def staff_disable(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """Ends the person's access at once."""
    disable_staff(desk, arguments["email"])
    return {"email": arguments["email"], "disabled": True}


def staff_reset_mfa(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"email", "totp_secret", "totp_uri"}: null for a role that needs no second factor."""
    email = arguments["email"]
    return {"email": email, **_app(reset_second_factor(desk, email), email.strip().lower())}


def staff_reset_password(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"email", "password"}, this once."""
    return {"email": arguments["email"], "password": reset_password(desk, arguments["email"])}


def staff_code(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"email", "code", "seconds"}: what the app of a sample person would show now, and for how long. Only for people
    of the sample clinics, whose secrets lie in DATA_DIR/demo.json anyway; never in production."""
    path, email = desk.settings.data_dir / REMEMBERED, arguments["email"].strip().lower()
    if desk.settings.env == "production":
        raise Invalid("Codes are shown for sample clinics only.", "Use the person's own authenticator app.")
    clinics = json.loads(path.read_text(encoding="utf-8"))["clinics"] if path.exists() else []
    secrets = {person["email"]: person["totp_secret"] for clinic in clinics for person in clinic["staff"]}
    if not secrets.get(email):
        raise NotFound(f"{email!r} is nobody of the sample clinics who needs a code.", "Run: frontdesk demo")
    now = phone_time(desk)
    return {
        "email": email,
        "code": code_of(secrets[email], step_at(now)),
        "seconds": STEP_S - int(now.timestamp()) % STEP_S,
    }


def _app(secret: str | None, email: str) -> dict[str, str | None]:
    return {"totp_secret": secret, "totp_uri": setup_uri(secret, email) if secret else None}


def _link(invited: Invited | None) -> dict[str, str | None]:
    return {
        "set_up_url": invited.url if invited else None,
        "set_up_until": invited.until.isoformat() if invited else None,
    }
