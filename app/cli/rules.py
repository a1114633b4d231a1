"""frontdesk rules export, import."""

from pathlib import Path
from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show

MOST_SHOWN = 20


@click.group()
def rules() -> None:
    """The rules that decide what becomes of a request."""


@rules.command("export")
@CLINIC
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@JSON
def rules_export(clinic: str, file: Path | None, as_json: bool) -> None:
    """Print the rules in force as YAML, or write them to FILE."""
    facts = call("rules_export", {"clinic": clinic})
    if file is None:
        show(facts, as_json, lambda made: [made["text"].rstrip("\n")])
        return
    file.write_text(facts["text"], encoding="utf-8")
    shown = {"version": facts["version"], "file": str(file)}
    show(shown, as_json, lambda made: [f"version {made['version']} written to {made['file']}"])


@rules.command("import")
@CLINIC
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only show which stored leads would have come out differently.")
@JSON
def rules_import(clinic: str, file: Path, dry_run: bool, as_json: bool) -> None:
    """Decide by the rules in FILE from now on; leads that were decided stay as they are."""
    from app.errors import Invalid

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid(f"{str(file)!r} is not UTF-8 text.", "Save it as UTF-8.") from None
    facts = call("rules_import", {"clinic": clinic, "text": text, "dry_run": dry_run})
    show(facts, as_json, lambda made: _lines(made, dry_run=dry_run))


def _lines(facts: dict[str, Any], *, dry_run: bool) -> list[str]:
    preview = facts["preview"]
    changes = preview["changes"]
    lines = [f"{len(changes)} of {preview['looked_at']} stored leads would have come out differently"]
    lines += [f"  {old} -> {new}: {number}" for old, new, number in preview["counts"]]
    lines += [f"  {one['reference']} {one['lead_id']}: {one['new_reason']}" for one in changes[:MOST_SHOWN]]
    if len(changes) > MOST_SHOWN:
        lines.append(f"  and {len(changes) - MOST_SHOWN} more (--json lists them all)")
    if dry_run:
        return [*lines, f"nothing was changed; version {facts['version']} stays in force"]
    said = "is in force now" if facts["changed"] else "says the same and stays in force"
    return [*lines, f"version {facts['version']} {said}"]
