"""frontdesk ingest, purge."""

import sys
from datetime import datetime
from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show


class _PathOrPage(click.Path):
    """A file or folder that exists, as an absolute path; or the address of a web page as it is."""

    name = "path or address"

    def __init__(self) -> None:
        super().__init__(exists=True, resolve_path=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Leaves addresses alone."""
        return value if str(value).startswith(("http://", "https://")) else super().convert(value, param, ctx)


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@CLINIC
@click.argument("paths", nargs=-1, required=True, type=_PathOrPage())
@click.option("--publish", is_flag=True, help="Also publish the payer rows of these files, unseen.")
@click.option("--effective-from", type=_DAY, help="The first day on which these papers hold (YYYY-MM-DD).")
@click.option("--effective-to", type=_DAY, help="The last day on which these papers hold (YYYY-MM-DD).")
@JSON
def ingest(
    clinic: str,
    paths: tuple[str, ...],
    publish: bool,
    effective_from: datetime | None,
    effective_to: datetime | None,
    as_json: bool,
) -> None:
    """Read papers (PDF, DOCX, XLSX, CSV, HTML, Markdown, text) or web pages (https://...) into a clinic's knowledge."""
    from app.progress import Progress

    days = {"effective_from": effective_from, "effective_to": effective_to}
    arguments: dict[str, Any] = {"clinic": clinic, "paths": list(paths), "publish": publish}
    arguments |= {name: at.date().isoformat() for name, at in days.items() if at}
    with Progress(as_json) as progress:
        facts = call("ingest", arguments, progress.report)
    show(facts, as_json, _ingest_lines)
    if any(file["status"] == "failed" for file in facts["files"]):
        sys.exit(2)


def _ingest_lines(facts: dict[str, Any]) -> list[str]:
    lines = []
    for file in facts["files"]:
        lines.append(
            f"{file['file']}: {file['status']}, {file['chunks']} chunks, {file['payer_rows']} payer rows"
            + (f": {file['error']}" if file["error"] else "")
        )
        lines += [f"  note: {warning}" for warning in file["warnings"]]
    if waiting := sum(file["payer_rows_waiting"] for file in facts["files"]):
        lines.append(f"{waiting} payer rows wait: publish them at {facts['payers']} or run this again with --publish")
    return lines


CLASSES = ("all", "talks", "leads", "transcripts", "unanswered", "egress", "links", "sessions", "jobs", "requests")


@click.command()
@click.option("--clinic", metavar="KEY", help="The clinic's site key; without it, a class of every clinic.")
@click.option("--document", "documents", multiple=True, metavar="NAME", help="A paper's file name; may be repeated.")
@click.option("--all", "all_", is_flag=True, help="Every paper of the clinic.")
@click.option("--class", "classes", multiple=True, type=click.Choice(CLASSES), help="What was kept for its time.")
@click.option("--dry-run", is_flag=True, help="Only count, with --class.")
@JSON
def purge(
    clinic: str | None, documents: tuple[str, ...], all_: bool, classes: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Remove papers without a trace, or with --class what was kept for its time. Prints a receipt."""
    papers = bool(documents or all_)
    if papers == bool(classes):
        raise click.UsageError("Name papers with --document NAME or --all, or a class with --class.")
    if papers and (not clinic or dry_run):
        raise click.UsageError("Papers need --clinic KEY and take no --dry-run.")
    if papers:
        facts = call("purge", {"clinic": clinic, "documents": list(documents), "all": all_})
        show(facts, as_json, lambda made: [_purged_line(one) for one in made["purged"]])
        return
    facts = call("purge", {"clinic": clinic, "classes": list(classes), "dry_run": dry_run})
    show(facts, as_json, lambda made: [_class_line(one) for one in made["classes"]])


def _class_line(one: dict[str, Any]) -> str:
    numbers = ", ".join(f"{number} {table}" for table, number in one["removed"].items()) or "nothing removed"
    return f"{one['class']} before {one['before'][:10]}: {one['due']} due, {numbers}"


def _purged_line(one: dict[str, Any]) -> str:
    numbers = f"{one['chunks']} chunks, {one['payer_rows']} payer rows, {one['files']} files"
    return f"purged {one['document']} ({one['document_id']}): {numbers}"
