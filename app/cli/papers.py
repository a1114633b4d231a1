"""frontdesk ingest, purge."""

import sys
from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show


@click.command()
@CLINIC
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, resolve_path=True))
@click.option("--publish", is_flag=True, help="Also publish the payer rows of these files, unseen.")
@JSON
def ingest(clinic: str, paths: tuple[str, ...], publish: bool, as_json: bool) -> None:
    """Read papers (PDF, DOCX, XLSX, CSV, HTML, Markdown, text) into a clinic's knowledge."""
    from app.progress import Progress

    with Progress(as_json) as progress:
        facts = call("ingest", {"clinic": clinic, "paths": list(paths), "publish": publish}, progress.report)
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


@click.command()
@CLINIC
@click.option("--document", "documents", multiple=True, metavar="NAME", help="A paper's file name; may be repeated.")
@click.option("--all", "all_", is_flag=True, help="Every paper of the clinic.")
@JSON
def purge(clinic: str, documents: tuple[str, ...], all_: bool, as_json: bool) -> None:
    """Remove papers without a trace: text, vectors and file. Prints a receipt."""
    if not documents and not all_:
        raise click.UsageError("Name papers with --document NAME, or take --all.")
    facts = call("purge", {"clinic": clinic, "documents": list(documents), "all": all_})
    show(facts, as_json, lambda made: [_purged_line(one) for one in made["purged"]])


def _purged_line(one: dict[str, Any]) -> str:
    numbers = f"{one['chunks']} chunks, {one['payer_rows']} payer rows, {one['files']} files"
    return f"purged {one['document']} ({one['document_id']}): {numbers}"
