"""frontdesk actions list, export, import, test, enable, disable, reset."""

import sys
from pathlib import Path
from typing import Any

import click

from app.cli.running import CLINIC, JSON, call, show

_NAME = click.option("--name", metavar="NAME", help="The action's name.")


@click.group()
def actions() -> None:
    """What patients can ask a clinic for: actions, as YAML."""


@actions.command("list")
@CLINIC
@_NAME
@JSON
def actions_list(clinic: str, name: str | None, as_json: bool) -> None:
    """Print the actions in force, or every version of one."""
    show(call("actions_list", {"clinic": clinic, "name": name}), as_json, lambda rows: [_line(row) for row in rows])


def _line(one: dict[str, Any]) -> str:
    state = "" if one["enabled"] else "  switched off"
    made = f"  {one['created_at']} by {one['made_by']}" if one["created_at"] else ""
    return f"{one['name']}  version {one['number']}  {one['origin']}{state}{made}"


@actions.command("export")
@CLINIC
@click.option("--name", "names", multiple=True, metavar="NAME", help="Only this action; may be repeated.")
@click.option("--version", "number", type=int, help="An older version of the one action named.")
@click.option("--output", "-o", type=click.Path(dir_okay=False), help="Write to this file.")
@JSON
def actions_export(clinic: str, names: tuple[str, ...], number: int | None, output: str | None, as_json: bool) -> None:
    """Print the actions as YAML, in the form that `import` takes."""
    facts = call("actions_export", {"clinic": clinic, "names": list(names), "number": number})
    if output:
        Path(output).write_text(facts["yaml"], encoding="utf-8")
        click.echo(f"Wrote {len(facts['actions'])} actions to {output}", err=True)
    else:
        show({"actions": facts["actions"]}, as_json, lambda _: [facts["yaml"].rstrip("\n")])


@actions.command("import")
@CLINIC
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Check and show what would change; publish nothing.")
@JSON
def actions_import(clinic: str, file: Any, dry_run: bool, as_json: bool) -> None:
    """Publish the actions in FILE (YAML; - for standard input) and show what is different."""
    facts = call("actions_import", {"clinic": clinic, "text": _text(file), "dry_run": dry_run})
    show(facts, as_json, _import_lines)


def _text(file: Any) -> str:
    try:
        return str(file.read())
    except UnicodeDecodeError:
        raise click.UsageError(f"{file.name!r} is not UTF-8 text.") from None


def _import_lines(facts: dict[str, Any]) -> list[str]:
    lines = []
    for one in facts["actions"]:
        done = "published as" if facts["published"] else "would become"
        lines.append(
            f"{one['name']}: {done} version {one['number']}" + ("" if one["enabled"] else ", switched off")
            if one["changed"]
            else f"{one['name']}: unchanged, version {one['number']}"
        )
        lines += [
            f"  {change['path']}: {_shown(change['old'])} -> {_shown(change['new'])}" for change in one["differences"]
        ]
        lines += [f"  note: {note}" for note in one["notes"]]
    return lines


def _shown(value: Any) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else str(value)
    return text if len(text) <= 70 else f"{text[:70]}..."


@actions.command("test")
@CLINIC
@click.argument("file", type=click.File(encoding="utf-8"))
@_NAME
@click.option(
    "--say", multiple=True, metavar="TEXT", help="A patient's message; may be repeated. Else: standard input."
)
@click.option("--language", help="The language that the talk begins in.")
@JSON
def actions_test(
    clinic: str, file: Any, name: str | None, say: tuple[str, ...], language: str | None, as_json: bool
) -> None:
    """Talk to the action in FILE without publishing it. Messages are --say, or the lines of standard input."""
    text, said = _text(file), list(say)
    if not said and file is sys.stdin:
        raise click.UsageError("The file and the messages cannot both be standard input: use --say.")
    if not said:
        said = [line.strip() for line in sys.stdin if line.strip()]
    facts = call("actions_test", {"clinic": clinic, "text": text, "name": name, "say": said, "language": language})
    show(facts, as_json, _test_lines)


def _test_lines(facts: dict[str, Any]) -> list[str]:
    lines = []
    for turn in facts["turns"]:
        lines.append(f"patient: {turn['said']}")
        lines += [f"desk:    {line}" for line in turn["reply"].splitlines() if line]
        slots = ", ".join(f"{name}={value!r}" for name, value in turn["slots"].items())
        lines.append(f"         [{turn['action']} {turn['status']}, asking {turn['asking']}; {slots}]")
        if turn["completed"]:
            lines.append(f"         [a notice would go to {', '.join(turn['notices'])}]")
    return lines


@actions.command("disable")
@CLINIC
@click.argument("name")
@JSON
def actions_disable(clinic: str, name: str, as_json: bool) -> None:
    """Offer an action no more. Talks under way go on; its versions are kept."""
    show(call("actions_switch", {"clinic": clinic, "name": name, "on": False}), as_json, lambda one: [_line(one)])


@actions.command("enable")
@CLINIC
@click.argument("name")
@JSON
def actions_enable(clinic: str, name: str, as_json: bool) -> None:
    """Offer an action again."""
    show(call("actions_switch", {"clinic": clinic, "name": name, "on": True}), as_json, lambda one: [_line(one)])


@actions.command("reset")
@CLINIC
@click.argument("name")
@JSON
def actions_reset(clinic: str, name: str, as_json: bool) -> None:
    """Make a shipped action again what Frontdesk ships."""
    show(call("actions_reset", {"clinic": clinic, "name": name}), as_json, lambda one: [_line(one)])
