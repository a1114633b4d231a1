"""frontdesk outbox list, retry; doctor."""

import sys
from typing import Any

import click

from app.cli.running import JSON, call, show


@click.group()
def outbox() -> None:
    """Notices on their way to the clinics."""


@outbox.command("list")
@click.option("--all", "all_", is_flag=True, help="Delivered ones too.")
@JSON
def outbox_list(all_: bool, as_json: bool) -> None:
    """Print the notices that wait, are held or are dead."""
    facts = call("outbox_list", {"all": all_})
    show(
        facts,
        as_json,
        lambda rows: [f"{n['id']}  {n['state']}  {n['attempts']} tries  {n['last_error'] or ''}" for n in rows],
    )


@outbox.command("retry")
@click.argument("ids", nargs=-1)
@JSON
def outbox_retry(ids: tuple[str, ...], as_json: bool) -> None:
    """Send dead and held notices again: the named ones, or all."""
    facts = call("outbox_retry", {"ids": list(ids)})
    show(facts, as_json, lambda made: [f"{len(made['retried'])} notices are due again"])


@click.command()
@click.option("--rebuild", is_flag=True, help="Make every clinic's index anew from the stored papers.")
@JSON
def doctor(rebuild: bool, as_json: bool) -> None:
    """Check the install and say what to do about each finding."""
    facts = call("doctor", {"rebuild": rebuild})
    show(facts, as_json, lambda found: [_doctor_line(finding) for finding in found["findings"]])
    if not facts["ok"]:
        sys.exit(1)


def _doctor_line(finding: dict[str, Any]) -> str:
    sign = "ok  " if finding["ok"] else "FAIL"
    return f"{sign} {finding['check']}: {finding['message']}" + (
        f" -> {finding['remedy']}" if finding["remedy"] else ""
    )
