"""frontdesk staff create, disable."""

import click

from app.cli.running import JSON, call, show


@click.group()
def staff() -> None:
    """Give people access."""


@staff.command("create")
@click.option("--clinic", metavar="KEY", help="The clinic's site key; not for an owner.")
@click.option("--email", required=True)
@click.option("--role", type=click.Choice(["owner", "manager", "coordinator", "viewer"]), required=True)
@JSON
def staff_create(clinic: str | None, email: str, role: str, as_json: bool) -> None:
    """Make an account and print its password, this once."""
    facts = call("staff_create", {"clinic": clinic, "email": email, "role": role})
    show(facts, as_json, lambda made: [f"{made['email']} ({made['role']}): {made['password']}"])


@staff.command("disable")
@click.option("--email", required=True)
@JSON
def staff_disable(email: str, as_json: bool) -> None:
    """End a person's access at once."""
    show(call("staff_disable", {"email": email}), as_json, lambda made: [f"{made['email']} is disabled"])
