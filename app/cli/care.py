"""frontdesk outbox list, retry; doctor."""

import sys
from typing import Any

import click

from app.cli.running import JSON, call, show


@click.group()
def outbox() -> None:
    """Notices on their way to the clinics."""


@outbox.command("list")
@click.option("--clinic", metavar="KEY", help="Only this clinic's.")
@click.option("--state", type=click.Choice(["pending", "held", "dead"]), help="Only those in this state.")
@click.option("--all", "all_", is_flag=True, help="Delivered ones too.")
@JSON
def outbox_list(clinic: str | None, state: str | None, all_: bool, as_json: bool) -> None:
    """Print the notices that wait, are held or are dead: how old, how often tried, why, and when next."""
    facts = call("outbox_list", {"clinic": clinic, "state": state, "all": all_})
    show(facts, as_json, lambda rows: [_outbox_line(row) for row in rows] or ["Nothing waits."])


def _outbox_line(row: dict[str, Any]) -> str:
    tries = f"{row['attempts']} {'try' if row['attempts'] == 1 else 'tries'}"
    following = "being sent" if row["sending"] else f"next {row['next_try'][:19]}Z" if row["next_try"] else ""
    parts = [
        row["id"],
        f"{row['state']:<9}",
        f"{_age(row['age_s'])} old",
        row["clinic"],
        f"{row['channel']} {row['destination']}",
        tries,
        following,
        row["last_error"] or "",
    ]
    return "  ".join(part for part in parts if part)


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


@outbox.command("retry")
@click.argument("ids", nargs=-1)
@click.option("--clinic", metavar="KEY", help="Only this clinic's.")
@JSON
def outbox_retry(ids: tuple[str, ...], clinic: str | None, as_json: bool) -> None:
    """Send dead and held notices again: the named ones, a clinic's, or all."""
    facts = call("outbox_retry", {"ids": list(ids), "clinic": clinic})
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
