"""frontdesk clinic create, set, list."""

from typing import Any

import click

from app.cli.model import status_lines
from app.cli.running import CLINIC, JSON, call, show


@click.group()
def clinic() -> None:
    """Create and change clinics."""


def _clinic_options(function: Any) -> Any:
    for option in reversed(
        [
            click.option("--name", help="As patients know it."),
            click.option(
                "--origin",
                "origins",
                multiple=True,
                help="A website that may embed the chat, such as https://www.clinic.example.",
            ),
            click.option("--coordinator", help="E-mail address that gets the referrals."),
            click.option("--phone", help="As patients should dial it."),
            click.option("--timezone", help="Such as America/New_York."),
            click.option("--service-zips", help="ZIP codes served, with commas."),
            click.option("--languages", help="Such as en,es; the first is the default."),
            click.option("--email-fields", help="Fields that an e-mail may carry, with commas; * for all, - for none."),
            click.option(
                "--model",
                type=click.Choice(["on", "off"]),
                help="Whether the install's language model may help this clinic; off unless you say on.",
            ),
        ]
    ):
        function = option(function)
    return function


def _clinic_values(given: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {key: given[key] for key in ("name", "phone", "timezone") if given[key] is not None}
    if given["origins"]:
        values["origins"] = list(given["origins"])
    if given["coordinator"] is not None:
        values["coordinator_email"] = given["coordinator"]
    if given["model"] is not None:
        values["model_on"] = given["model"] == "on"
    for key in ("service_zips", "languages", "email_fields"):
        if given[key] is not None:
            values[key] = [part.strip() for part in given[key].split(",") if part.strip() not in ("", "-")]
    return values


@clinic.command("create")
@_clinic_options
@JSON
def clinic_create(as_json: bool, **given: Any) -> None:
    """Make a clinic and print its site key."""
    missing = [f"--{key}" for key in ("name", "coordinator", "phone", "timezone") if not given[key]]
    if missing:
        raise click.UsageError(f"Missing: {', '.join(missing)}.")
    facts = call("clinic_create", _clinic_values(given))
    show(facts, as_json, lambda made: [f"{made['name']}: site key {made['site_key']}"])


@clinic.command("set")
@CLINIC
@_clinic_options
@JSON
def clinic_set(clinic: str, as_json: bool, **given: Any) -> None:
    """Change a clinic."""
    facts = call("clinic_set", {"clinic": clinic, "changes": _clinic_values(given)})
    show(facts, as_json, lambda made: [f"{name}: {value}" for name, value in made.items()])
    if given["model"] == "on" and not as_json:  # whoever switches on should read where words go from now on
        show(call("model_status", {"clinic": clinic}), False, lambda found: ["", *status_lines(found)])


@clinic.command("list")
@JSON
def clinic_list(as_json: bool) -> None:
    """Print every clinic."""
    show(call("clinic_list", {}), as_json, lambda all_: [f"{one['site_key']}  {one['name']}" for one in all_])
