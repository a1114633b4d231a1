"""The `frontdesk` command. Heavy things are imported inside the commands, so that `--help` is quick."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from app import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Frontdesk: a chat widget and its backend for physical-therapy clinics. Settings: FRONTDESK_*."""


def main() -> None:
    """Runs the command line; an error is one clear line and its remedy, and exit status 1."""
    from app.errors import FrontdeskError

    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except FrontdeskError as problem:
        click.echo(f"frontdesk: {problem.message}" + (f" {problem.remedy}" if problem.remedy else ""), err=True)
        sys.exit(1)


def _call(command: str, arguments: dict[str, Any], report: Callable[[dict[str, Any]], None] | None = None) -> Any:
    """In the server that owns the data folder, or here with the papers' jobs running."""
    from app.control.call import call
    from app.settings import load_settings

    settings = load_settings()

    def run_here(report: Callable[[dict[str, Any]], None]) -> Any:
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

    return call(settings.data_dir, command, arguments, report or (lambda _: None), run_here)


def _print(facts: Any, as_json: bool, lines: Callable[[Any], list[str]]) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        for line in lines(facts):
            click.echo(line)


JSON = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")
CLINIC = click.option("--clinic", required=True, metavar="KEY", help="The clinic's site key.")


@cli.command()
@click.option(
    "--demo", is_flag=True, help="With an empty database: make the sample clinics, and serve the demo website."
)
def serve(demo: bool) -> None:
    """Run the server until it is told to stop."""
    from app.serving import serve_forever
    from app.settings import load_settings

    serve_forever(load_settings(), demo=demo)


@cli.command()
@JSON
def demo(as_json: bool) -> None:
    """Make the sample clinics if they are missing, and print their keys and sign-ins."""
    from app.progress import Progress

    with Progress(as_json) as progress:
        facts = _call("demo", {}, progress.report)
    _print(facts, as_json, _demo_lines)


def _demo_lines(facts: dict[str, Any]) -> list[str]:
    lines = []
    for clinic in facts["clinics"]:
        lines.append(f"{clinic['name']}: site key {clinic['site_key']}")
        lines += [f"  {person['role']}: {person['email']}  {person['password']}" for person in clinic["staff"]]
    return lines


@cli.group()
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
    facts = _call("clinic_create", _clinic_values(given))
    _print(facts, as_json, lambda made: [f"{made['name']}: site key {made['site_key']}"])


@clinic.command("set")
@CLINIC
@_clinic_options
@JSON
def clinic_set(clinic: str, as_json: bool, **given: Any) -> None:
    """Change a clinic."""
    facts = _call("clinic_set", {"clinic": clinic, "changes": _clinic_values(given)})
    _print(facts, as_json, lambda made: [f"{name}: {value}" for name, value in made.items()])


@clinic.command("list")
@JSON
def clinic_list(as_json: bool) -> None:
    """Print every clinic."""
    _print(_call("clinic_list", {}), as_json, lambda all_: [f"{one['site_key']}  {one['name']}" for one in all_])


@cli.group()
def staff() -> None:
    """Give people access."""


@staff.command("create")
@click.option("--clinic", metavar="KEY", help="The clinic's site key; not for an owner.")
@click.option("--email", required=True)
@click.option("--role", type=click.Choice(["owner", "manager", "coordinator", "viewer"]), required=True)
@JSON
def staff_create(clinic: str | None, email: str, role: str, as_json: bool) -> None:
    """Make an account and print its password, this once."""
    facts = _call("staff_create", {"clinic": clinic, "email": email, "role": role})
    _print(facts, as_json, lambda made: [f"{made['email']} ({made['role']}): {made['password']}"])


@staff.command("disable")
@click.option("--email", required=True)
@JSON
def staff_disable(email: str, as_json: bool) -> None:
    """End a person's access at once."""
    _print(_call("staff_disable", {"email": email}), as_json, lambda made: [f"{made['email']} is disabled"])


@cli.command()
@CLINIC
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, resolve_path=True))
@JSON
def ingest(clinic: str, paths: tuple[str, ...], as_json: bool) -> None:
    """Read papers (PDF, DOCX, XLSX, CSV, HTML, Markdown, text) into a clinic's knowledge."""
    from app.progress import Progress

    with Progress(as_json) as progress:
        facts = _call("ingest", {"clinic": clinic, "paths": list(paths)}, progress.report)
    _print(facts, as_json, _ingest_lines)
    if any(file["status"] == "failed" for file in facts["files"]):
        sys.exit(2)


def _ingest_lines(facts: dict[str, Any]) -> list[str]:
    lines = []
    for file in facts["files"]:
        lines.append(
            f"{file['file']}: {file['status']}, {file['chunks']} chunks"
            + (f": {file['error']}" if file["error"] else "")
        )
        lines += [f"  note: {warning}" for warning in file["warnings"]]
    return lines


@cli.command()
@CLINIC
@click.argument("question")
@JSON
def ask(clinic: str, question: str, as_json: bool) -> None:
    """Answer one question from a clinic's papers."""
    facts = _call("ask", {"clinic": clinic, "question": question})
    _print(facts, as_json, _answer_lines)


def _answer_lines(answer: dict[str, Any]) -> list[str]:
    lines = [answer["text"]]
    for source in answer["citations"]:
        page = f", page {source['page']}" if source["page"] else ""
        lines.append(f"  [{source['document']}{page}, {source['effective']}] {source['quote']}")
    return lines


@cli.command()
@CLINIC
def chat(clinic: str) -> None:
    """Talk to a clinic's desk in this terminal."""
    opened = _call("chat_open", {"clinic": clinic})
    click.echo(f"{opened['disclosure']}\n\n{opened['greeting']}")
    while True:
        try:
            text = click.prompt("\nyou", prompt_suffix="> ")
        except click.Abort:
            click.echo()
            return
        said = {"clinic": clinic, "conversation_id": opened["conversation_id"], "text": text}
        done = _call("chat_say", said)
        click.echo(done["reply"])


@cli.group()
def outbox() -> None:
    """Notices on their way to the clinics."""


@outbox.command("list")
@click.option("--all", "all_", is_flag=True, help="Delivered ones too.")
@JSON
def outbox_list(all_: bool, as_json: bool) -> None:
    """Print the notices that wait, are held or are dead."""
    facts = _call("outbox_list", {"all": all_})
    _print(
        facts,
        as_json,
        lambda rows: [f"{n['id']}  {n['state']}  {n['attempts']} tries  {n['last_error'] or ''}" for n in rows],
    )


@outbox.command("retry")
@click.argument("ids", nargs=-1)
@JSON
def outbox_retry(ids: tuple[str, ...], as_json: bool) -> None:
    """Send dead and held notices again: the named ones, or all."""
    facts = _call("outbox_retry", {"ids": list(ids)})
    _print(facts, as_json, lambda made: [f"{len(made['retried'])} notices are due again"])


@cli.command()
@click.option("--rebuild", is_flag=True, help="Make every clinic's index anew from the stored papers.")
@JSON
def doctor(rebuild: bool, as_json: bool) -> None:
    """Check the install and say what to do about each finding."""
    facts = _call("doctor", {"rebuild": rebuild})
    _print(facts, as_json, lambda found: [_doctor_line(finding) for finding in found["findings"]])
    if not facts["ok"]:
        sys.exit(1)


def _doctor_line(finding: dict[str, Any]) -> str:
    sign = "ok  " if finding["ok"] else "FAIL"
    return f"{sign} {finding['check']}: {finding['message']}" + (
        f" -> {finding['remedy']}" if finding["remedy"] else ""
    )


@cli.command()
@CLINIC
@click.option("--document", "documents", multiple=True, metavar="NAME", help="A paper's file name; may be repeated.")
@click.option("--all", "all_", is_flag=True, help="Every paper of the clinic.")
@JSON
def purge(clinic: str, documents: tuple[str, ...], all_: bool, as_json: bool) -> None:
    """Remove papers without a trace: text, vectors and file. Prints a receipt."""
    if not documents and not all_:
        raise click.UsageError("Name papers with --document NAME, or take --all.")
    facts = _call("purge", {"clinic": clinic, "documents": list(documents), "all": all_})
    _print(facts, as_json, lambda made: [f"purged {one['document']} ({one['document_id']})" for one in made["purged"]])


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from app.asgi import openapi_document

    click.echo(json.dumps(openapi_document(), indent=1))


if __name__ == "__main__":
    main()
