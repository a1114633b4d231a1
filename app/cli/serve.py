"""frontdesk serve, demo, openapi."""

import json
from typing import Any

import click

from app.cli.running import JSON, call, show


@click.command()
@click.option(
    "--demo", is_flag=True, help="With an empty database: make the sample clinics, and serve the demo website."
)
def serve(demo: bool) -> None:
    """Run the server until it is told to stop."""
    from app.collecting import nothing_collected

    with nothing_collected():
        from app.serving import serve_forever
        from app.settings import load_settings

    serve_forever(load_settings(), demo=demo)


@click.command()
@JSON
def demo(as_json: bool) -> None:
    """Make the sample clinics if they are missing, and print their keys and sign-ins."""
    from app.progress import Progress

    with Progress(as_json) as progress:
        facts = call("demo", {}, progress.report)
    show(facts, as_json, _demo_lines)


def _demo_lines(facts: dict[str, Any]) -> list[str]:
    lines = []
    for clinic in facts["clinics"]:
        lines.append(f"{clinic['name']}: site key {clinic['site_key']}")
        lines += [
            f"  {person['role']}: {person['email']}  {person['password']}{_app(person)}" for person in clinic["staff"]
        ]
    return lines


def _app(person: dict[str, Any]) -> str:
    return f"  (key for the app: {person['totp_secret']})" if person["totp_secret"] else ""


@click.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from app.asgi import openapi_document

    click.echo(json.dumps(openapi_document(), indent=1))
