"""frontdesk expunge."""

from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show


@click.command()
@CLINIC
@click.option("--reference", "references", multiple=True, metavar="REF", help="As the patient was told it.")
@click.option("--lead", "leads", multiple=True, metavar="ID", help="As the address of the lead's page has it.")
@click.option("--conversation", "conversations", multiple=True, metavar="ID", help="A talk that left no request.")
@click.option("--repeats", is_flag=True, help="Also where the same request was sent again.")
@click.option("--everybody", is_flag=True, help="Every patient of the clinic, whatever waits for it.")
@click.option("--dry-run", is_flag=True, help="Only say whose data it would be.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
def expunge(
    clinic: str,
    references: tuple[str, ...],
    leads: tuple[str, ...],
    conversations: tuple[str, ...],
    repeats: bool,
    everybody: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Remove a patient's data everywhere, for good: the talk and all that came of it. Prints a receipt to keep."""
    named = {"references": list(references), "leads": list(leads), "conversations": list(conversations)}
    if any(named.values()) == everybody:
        raise click.UsageError("Say whose: --reference REF, --lead ID or --conversation ID; or --everybody.")
    if not (yes or dry_run):
        whose = "ALL patients of this clinic, sent or not. " if everybody else ""
        click.confirm(f"{whose}This cannot be undone. Remove it?", abort=True, err=True)
    wanted = {"clinic": clinic, **named, "repeats": repeats, "everybody": everybody}
    facts = call("expunge", {**wanted, "dry_run": dry_run})
    show(facts, as_json, _lines)


def _lines(facts: dict[str, Any]) -> list[str]:
    whose = f"{len(facts['conversations'])} conversations, {len(facts['leads'])} leads"
    if facts["dry_run"]:
        return [f"would remove {whose}"]
    numbers = ", ".join(f"{number} {table}" for table, number in facts["removed"].items())
    return [
        f"removed {whose}: {numbers}, {facts['files']} mail files",
        f"backups made before now hold it until you delete them, by {facts['backups_hold_it_until']}",
        f"receipt {facts['sha256']}",
    ]
