"""frontdesk destinations list, add, set, remove, rotate-secret, test."""

import sys
from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show

FIELDS = click.option(
    "--fields",
    help="Fields that it may carry, with commas; * for all, - for a link only. Without it an e-mail follows the"
    " clinic's --email-fields, and anything else carries a link only.",
)


@click.group()
def destinations() -> None:
    """Where a clinic's notices go: e-mail, Slack, webhooks."""


@destinations.command("list")
@CLINIC
@JSON
def destinations_list(clinic: str, as_json: bool) -> None:
    """Print the clinic's destinations."""
    show(call("destinations_list", {"clinic": clinic}), as_json, lambda all_: [_line(one) for one in all_])


@destinations.command("add")
@CLINIC
@click.option("--channel", type=click.Choice(["email", "slack", "webhook"]), required=True)
@click.argument("address")
@FIELDS
@JSON
def destinations_add(clinic: str, channel: str, address: str, fields: str | None, as_json: bool) -> None:
    """Have ADDRESS hear of the clinic's requests. With - it is read from standard input, so that a Slack URL, which is
    a secret, stays out of the shell's history. Prints a webhook's secret, this once."""
    given = sys.stdin.readline().strip() if address == "-" else address
    asked = {"clinic": clinic, "channel": channel, "address": given, "fields": _names(fields)}
    show(call("destinations_add", asked), as_json, lambda made: [_line(made), *_secret(made)])


@destinations.command("set")
@CLINIC
@click.argument("id_", metavar="ID")
@FIELDS
@JSON
def destinations_set(clinic: str, id_: str, fields: str | None, as_json: bool) -> None:
    """Change which fields a destination may carry."""
    asked = {"clinic": clinic, "id": id_, "fields": _names(fields)}
    show(call("destinations_set", asked), as_json, lambda made: [_line(made)])


@destinations.command("remove")
@CLINIC
@click.argument("id_", metavar="ID")
@JSON
def destinations_remove(clinic: str, id_: str, as_json: bool) -> None:
    """Send nothing more there, not even what is waiting."""
    facts = call("destinations_remove", {"clinic": clinic, "id": id_})
    show(facts, as_json, lambda made: [f"{made['id']} is removed; {made['suppressed']} notices are not sent there"])


@destinations.command("rotate-secret")
@CLINIC
@click.argument("id_", metavar="ID")
@click.option("--at-once", is_flag=True, help="The old secret ends now: for one that got into wrong hands.")
@JSON
def destinations_rotate(clinic: str, id_: str, at_once: bool, as_json: bool) -> None:
    """Give a webhook a new secret and print it, this once; the old one signs beside it for a while."""
    facts = call("destinations_rotate", {"clinic": clinic, "id": id_, "at_once": at_once})
    show(facts, as_json, _secret)


@destinations.command("test")
@CLINIC
@click.argument("id_", metavar="ID")
@JSON
def destinations_test(clinic: str, id_: str, as_json: bool) -> None:
    """Send an example there now, which holds nothing of any patient, and say what became of it."""
    facts = call("destinations_test", {"clinic": clinic, "id": id_})
    show(facts, as_json, _tried)
    if facts["result"] == "failed":
        sys.exit(1)


def _names(fields: str | None) -> list[str] | None:
    if fields is None:
        return None
    return [part.strip() for part in fields.split(",") if part.strip() not in ("", "-")]


def _line(one: dict[str, Any]) -> str:
    fields = one["fields"]
    carries = "as --email-fields" if fields is None else ", ".join(fields) or "link only"
    marks = [*(["coordinator"] if one["coordinator"] else []), *([] if one["hears_all"] else ["named by actions only"])]
    return f"{one['id']}  {one['channel']}  {one['address']}  {carries}{''.join(f'  ({mark})' for mark in marks)}"


def _secret(made: dict[str, Any]) -> list[str]:
    if not made.get("secret"):
        return []
    lines = [f"secret, shown this once: {made['secret']}"]
    return [*lines, *([f"the old one signs too until {made['old_secret_until']}"] if made["old_secret_until"] else [])]


def _tried(facts: dict[str, Any]) -> list[str]:
    if facts["result"] == "failed":
        return [f"failed: {facts['message']}", *([facts["remedy"]] if facts["remedy"] else [])]
    return ["delivered" if facts["result"] == "delivered" else "written to the mail folder: there is no mail server"]
