"""What every command shares: running where it must run, printing facts, common options."""

import json
from collections.abc import Callable
from typing import Any

import click


def call(command: str, arguments: dict[str, Any], report: Callable[[dict[str, Any]], None] | None = None) -> Any:
    """In the server that owns the data folder, or here with the papers' jobs running."""
    from app.control import call as control
    from app.settings import load_settings

    settings = load_settings()

    def run_here(report: Callable[[dict[str, Any]], None]) -> Any:
        from app.collecting import nothing_collected

        with nothing_collected():
            from app.bootstrap import build
            from app.control.commands import run

            running = build(settings)
        try:
            if running.new_key_file:
                click.echo(
                    f"Made a master key: {running.new_key_file} (keep it safe; without it the data cannot be read)",
                    err=True,
                )
            running.worker.start(["index", "unindex"])
            return run(running.desk, command, arguments, report)
        finally:
            running.close()

    return control.call(settings, command, arguments, report or (lambda _: None), run_here)


def show(facts: Any, as_json: bool, lines: Callable[[Any], list[str]]) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        for line in lines(facts):
            click.echo(line)


JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
CLINIC = click.option("--clinic", required=True, metavar="KEY", help="The clinic's site key.")
