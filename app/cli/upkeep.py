"""frontdesk backup, restore, keys rotate."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from app.cli.running import JSON, call, show

NEW = click.Path(resolve_path=True, path_type=Path)
THERE = click.Path(exists=True, resolve_path=True, path_type=Path)


@click.command()
@click.argument("path", type=NEW)
@JSON
def backup(path: Path, as_json: bool) -> None:
    """Copy everything, encrypted, into the new folder PATH while the server works. The master key is not in it."""
    show(call("backup", {"path": str(path)}), as_json, _backup_lines)


def _backup_lines(made: dict[str, Any]) -> list[str]:
    missing = f" ({made['papers_missing']} were gone)" if made["papers_missing"] else ""
    return [
        f"Backup {made['path']}: {made['size_bytes'] / 2**20:.1f} MiB, {made['papers']} papers{missing}",
        f"It opens with the master key of fingerprint {' or '.join(made['key_fingerprints'])}, which is not in it.",
    ]


@click.command()
@click.argument("path", type=THERE)
@click.option("--replace", is_flag=True, help="Move aside what the data folder holds.")
@click.option("--key-file", type=THERE, help="A file with the master key of the backup, if it is not today's.")
@JSON
def restore(path: Path, replace: bool, key_file: Path | None, as_json: bool) -> None:
    """Put the backup in folder PATH into the data folder. The server must not run."""
    from app.settings import load_settings

    show(_restore(load_settings(), path, replace, key_file), as_json, _restore_lines)


def _restore(settings: Any, path: Path, replace: bool, key_file: Path | None) -> dict[str, Any]:
    from app.bootstrap import build
    from app.control.lock import DataDirLock
    from app.errors import Misconfigured
    from app.store.audit import COMMAND
    from app.store.boot_checks import check_folder, check_sqlite
    from app.store.restoring import restore_backup
    from app.usecases.note_restore import note_restore

    check_sqlite()
    check_folder(settings)
    with DataDirLock(settings.data_dir):
        try:
            made = restore_backup(settings, path, replace=replace, key_file=key_file)
        except OSError as problem:
            raise Misconfigured(f"The restore failed: {problem}", "Look at the disks and run it again.") from None
        running = build(settings)
        try:
            return asdict(made) | {"passages_indexed": note_restore(running.desk, made.id, COMMAND)}
        finally:
            running.close()


def _restore_lines(made: dict[str, Any]) -> list[str]:
    lines = [
        f"Restored backup {made['id']} of {made['made_at']}: {made['papers']} papers, "
        f"{made['passages_indexed']} passages indexed.",
        "Notices that had not been delivered when it was made are sent once the server runs.",
    ]
    if made["kept"]:
        lines.append(f"What was there before lies in {made['kept']}; remove it when you no longer need it.")
    if made["new_key_file"]:
        lines.append(f"Made a master key: {made['new_key_file']}  Keep a copy: without it the data cannot be read.")
    return lines


@click.group()
def keys() -> None:
    """The keys that encrypt the data folder."""


@keys.command("rotate")
@click.option("--new-key-file", type=NEW, help="Where the new master key is written, or read if the file is there.")
@click.option("--master-only", is_flag=True, help="A new master key only: the data keeps its keys. Takes no time.")
@JSON
def rotate(new_key_file: Path | None, master_only: bool, as_json: bool) -> None:
    """Make a new master key and encrypt database and papers anew, while the server works."""
    path = str(new_key_file) if new_key_file else None
    show(call("keys_rotate", {"new_key_file": path, "data": not master_only}), as_json, _rotate_lines)


def _rotate_lines(made: dict[str, Any]) -> list[str]:
    lines = [f"The new master key has the fingerprint {made['fingerprint']} (before: {made['old_fingerprint']})."]
    if made["key_file"]:
        lines.append(f"It lies in {made['key_file']}  Keep a copy: without it the data cannot be read.")
    if made["master_key"]:
        lines.append(f"The new master key, shown this once: {made['master_key']}")
    if made["restart"]:
        lines.append("Set FRONTDESK_MASTER_KEY (or its file) to it and restart: until then the old key opens the data.")
    lines.append("Keep the old key as long as you keep backups that were made with it.")
    return lines
