"""frontdesk audit verify, export."""

import json
import sys
from typing import Any

import click

from app.cli.running import JSON, call, show


@click.group()
def audit() -> None:
    """Who did what: check that nothing was changed, and hand it out."""


@audit.command("verify")
@click.option(
    "--anchor", type=click.Path(exists=True, dir_okay=False, resolve_path=True), help="A copy kept elsewhere."
)
@JSON
def audit_verify(anchor: str | None, as_json: bool) -> None:
    """Check every entry, the chain, its guards and the anchor. Exit status 1 when something is wrong."""
    facts = call("audit_verify", {"anchor": anchor})
    show(facts, as_json, _verdict)
    if not facts["ok"]:
        sys.exit(1)


def _verdict(facts: dict[str, Any]) -> list[str]:
    lines = [f"{facts['entries']} entries are in order; the anchor vouches for those up to {facts['anchored']}"]
    if facts["restores"]:
        lines.append(f"a backup took the database's place {facts['restores']} times; it is on record")
    if facts["anchors"] > 1:
        lines.append(f"the anchor was begun {facts['anchors']} times: one was lost, or taken away")
    if bad := facts["first_bad"]:
        lines.append(f"FAIL {bad['problem']}: {bad['message']}")
    if facts["missing_guards"]:
        lines.append(f"FAIL guards are missing in the database: {', '.join(facts['missing_guards'])}")
    return [*lines, f"FAIL {facts['anchor']}"] if facts["anchor"] else lines


@audit.command("export")
@click.option("--clinic", metavar="KEY", help="Only what concerns one clinic, by its site key.")
def audit_export(clinic: str | None) -> None:
    """Print the entries as JSON lines, oldest first, with their hashes; the last line is the newest of the anchor."""
    after = 0
    while True:
        facts = call("audit_export", {"clinic": clinic, "after": after})
        for entry in facts["entries"]:
            click.echo(json.dumps(entry))
        if not facts["entries"]:
            break
        after = facts["entries"][-1]["seq"]
    if facts["anchor"] and not clinic:
        click.echo(json.dumps({"anchor": facts["anchor"]}))
