"""A restore that is broken off anywhere leaves the old install or the restored one, never half of each."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from app.clock import system_clock
from app.errors import Misconfigured
from app.settings import Settings
from app.store import restoring
from app.store.audit import COMMAND
from app.store.opening import open_store, preflight
from app.store.restoring import restore_backup
from app.store.upkeep import Upkeep
from app.usecases.back_up import back_up
from tests.store.test_session import entry, verbs


class PowerCut(BaseException):
    """Nothing after it runs."""


def settings(folder: Path) -> Settings:
    return Settings(env="test", data_dir=folder, master_key=SecretStr("0123456789abcdef" * 4))


def write(folder: Path, verb: str, backup: Path | None = None) -> None:
    """One more entry, and then perhaps a backup."""
    store = open_store(settings(folder))
    store.database.write(lambda s: entry(s, verb))
    if backup is not None:
        parts = {"keyring": store.keyring, "database": store.database, "uploads": store.uploads, "upkeep": Upkeep()}
        desk: Any = SimpleNamespace(settings=settings(folder), clock=system_clock(0), **parts)
        back_up(desk, backup, COMMAND)
    store.database.close()


def test_broken_off_anywhere_it_is_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of each would open with neither's keys."""
    folder, backup = tmp_path / "data", tmp_path / "backup"
    write(folder, "before", backup)
    write(folder, "after")
    seen = set()
    for deadly in range(1, 60):
        steps = 0

        def watched(function: Any, deadly: int = deadly) -> Any:
            def call(*arguments: Any, **named: Any) -> Any:
                nonlocal steps
                steps += 1
                if steps == deadly:
                    raise PowerCut
                return function(*arguments, **named)

            return call

        with monkeypatch.context() as patch:
            for name in ("fsync", "replace", "unlink"):
                patch.setattr(os, name, watched(getattr(os, name)))
            try:
                restore_backup(settings(folder), backup, replace=True, key_file=None)
                finished = True
            except PowerCut:
                finished = False
        preflight(settings(folder))
        store = open_store(settings(folder))
        found = "old" if "after" in verbs(store.database) else "new"
        assert "before" in verbs(store.database)
        store.database.close()
        assert not (folder / restoring.STAGING).exists()
        seen.add(found)
        if finished:
            break
        if found == "new":
            write(folder, "after")
    assert finished, "the steps never ended"
    assert found == "new"
    assert seen == {"old", "new"}


def test_a_folder_in_use_is_not_replaced_unasked(tmp_path: Path) -> None:
    """One wrong path would cost a clinic its data."""
    write(tmp_path / "data", "before", tmp_path / "backup")
    with pytest.raises(Misconfigured, match="not empty"):
        restore_backup(settings(tmp_path / "data"), tmp_path / "backup", replace=False, key_file=None)
