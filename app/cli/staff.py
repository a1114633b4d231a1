"""frontdesk staff create, invite, disable, reset-mfa, reset-password, code."""

import sys
from typing import Any

import click

from app.cli.running import JSON, call, show

EMAIL = click.option("--email", required=True, help="The person's e-mail address.")


@click.group()
def staff() -> None:
    """Give people access."""


@staff.command("create")
@click.option("--clinic", metavar="KEY", help="The clinic's site key; not for an owner.")
@EMAIL
@click.option("--role", type=click.Choice(["owner", "manager", "coordinator", "viewer"]), required=True)
@click.option("--invite", is_flag=True, help="Print a link instead; the person chooses the password under it.")
@JSON
def staff_create(clinic: str | None, email: str, role: str, invite: bool, as_json: bool) -> None:
    """Make an account and print its password, this once.

    Managers and owners need a second factor: its key is printed with the password. With --invite nothing of both is
    made or printed: the person makes them under the link, which works once and for 24 hours."""
    show(call("staff_create", {"clinic": clinic, "email": email, "role": role, "invite": invite}), as_json, _created)


@staff.command("invite")
@EMAIL
@JSON
def staff_invite(email: str, as_json: bool) -> None:
    """Print a new link for a person who has not used theirs. The old one works no more."""
    show(call("staff_invite", {"email": email}), as_json, _invited)


@staff.command("disable")
@EMAIL
@JSON
def staff_disable(email: str, as_json: bool) -> None:
    """End a person's access at once."""
    show(call("staff_disable", {"email": email}), as_json, lambda made: [f"{made['email']} is disabled"])


@staff.command("reset-mfa")
@EMAIL
@JSON
def staff_reset_mfa(email: str, as_json: bool) -> None:
    """Take away a person's second factor and recovery codes, and sign them out.

    Managers and owners get a new key at once, printed this once."""
    show(call("staff_reset_mfa", {"email": email}), as_json, _without_factor)


@staff.command("reset-password")
@EMAIL
@JSON
def staff_reset_password(email: str, as_json: bool) -> None:
    """Print a new password for a person who forgot theirs, and sign them out."""
    show(call("staff_reset_password", {"email": email}), as_json, lambda made: [f"{made['email']}: {made['password']}"])


@staff.command("code")
@EMAIL
@JSON
def staff_code(email: str, as_json: bool) -> None:
    """Print the sign-in code of a person of the sample clinics."""
    show(
        call("staff_code", {"email": email}),
        as_json,
        lambda made: [f"{made['code']}  (for {made['seconds']} more seconds)"],
    )


def _created(made: dict[str, Any]) -> list[str]:
    if made.get("set_up_url"):
        return _invited(made)
    if made["password"] is None:
        return [f"{made['email']} has an account already and is a {made['role']} now. Password and app stay."]
    return [f"{made['email']} ({made['role']}): {made['password']}", *_app(made)]


def _invited(made: dict[str, Any]) -> list[str]:
    return [
        f"Give {made['email']} this link. It works once, within 24 hours:",
        made["set_up_url"],
        "Who opens it chooses the password and sets up the second factor. Send it by a way that only they read.",
    ]


def _without_factor(made: dict[str, Any]) -> list[str]:
    return [f"{made['email']} is signed out and has no second factor any more.", *_app(made)]


def _app(made: dict[str, Any]) -> list[str]:
    """The key, and on a terminal the picture that an app can scan."""
    if not made["totp_secret"]:
        return []
    lines = [f"Second factor: scan this, or type the key {made['totp_secret']} into an authenticator app."]
    return [*lines, _picture(made["totp_uri"])] if sys.stdout.isatty() else lines


def _picture(uri: str) -> str:
    import io

    import segno

    out = io.StringIO()
    segno.make(uri, error="l", micro=False).terminal(out=out, compact=True)
    return out.getvalue()
