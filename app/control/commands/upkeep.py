"""backup, keys rotate."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.desk import Desk
from app.store.audit import COMMAND
from app.usecases.back_up import back_up
from app.usecases.rotate_keys import rotate_keys

Report = Callable[[dict[str, Any]], None]


def backup(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """`BackupMade` as plain facts."""
    return asdict(back_up(desk, Path(arguments["path"]), COMMAND))


def keys_rotate(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """`Rotated` as plain facts."""
    path = arguments.get("new_key_file")
    made = rotate_keys(desk, COMMAND, new_key_file=Path(path) if path else None, data=bool(arguments.get("data", True)))
    return asdict(made)
