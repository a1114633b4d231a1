"""The `frontdesk` command. Heavy things are imported inside the commands, so that `--help` is quick."""

import os
import sys

import click

from app import __version__
from app.cli.actions import actions
from app.cli.asking import ask, chat
from app.cli.audit import audit
from app.cli.care import doctor, outbox
from app.cli.clinic import clinic
from app.cli.destinations import destinations
from app.cli.expunge import expunge
from app.cli.model import model
from app.cli.papers import ingest, purge
from app.cli.rules import rules
from app.cli.serve import demo, openapi, serve
from app.cli.staff import staff
from app.cli.upkeep import backup, keys, restore


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Frontdesk: a chat widget and its backend for physical-therapy clinics. Settings: FRONTDESK_*."""
    os.umask(0o077)  # whatever a command writes, patients' data among it, is this user's alone


for command in (serve, demo, clinic, staff, destinations, actions, rules, ingest, ask, chat, outbox, doctor):
    cli.add_command(command)
for command in (purge, expunge, model, audit, backup, restore, keys, openapi):
    cli.add_command(command)


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
        ended = problem.message.rstrip().endswith((".", "!", "?", ":", "\n")) or not problem.remedy
        click.echo(f"frontdesk: {problem.message}{'' if ended else ':'} {problem.remedy or ''}".rstrip(), err=True)
        sys.exit(1)
