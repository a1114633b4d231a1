"""The master key: made once, found again, never replaced behind a database's back."""

from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.settings import Settings
from app.store.crypto import open_keys


@pytest.fixture(autouse=True)
def keys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Key files of tests do not land in the developer's own folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


def settings(tmp_path: Path, **changes: object) -> Settings:
    return Settings(**{"env": "local", "data_dir": tmp_path / "data", **changes})


def test_a_key_is_made_once_outside_the_data_folder(tmp_path: Path, keys_home: Path) -> None:
    """Beside the data it would be stolen with the data."""
    keys, made = open_keys(settings(tmp_path), database_exists=False)
    assert made is not None
    assert keys_home in made.parents
    assert made.stat().st_mode & 0o777 == 0o600
    again, none_made = open_keys(settings(tmp_path), database_exists=True)
    assert none_made is None
    assert again.derive("database") == keys.derive("database")


def test_a_moved_data_folder_finds_its_key(tmp_path: Path) -> None:
    """Without the id in the folder, moving it would lock the clinic out."""
    keys, _ = open_keys(settings(tmp_path), database_exists=False)
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    again, _ = open_keys(settings(tmp_path, data_dir=tmp_path / "elsewhere"), database_exists=True)
    assert again.derive("database") == keys.derive("database")


def test_a_database_without_its_key_is_refused_and_untouched(tmp_path: Path) -> None:
    """A new key for an old database would make it unreadable for good."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "frontdesk.db").write_bytes(b"old")
    with pytest.raises(Misconfigured, match="master key is missing"):
        open_keys(settings(tmp_path), database_exists=True)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["frontdesk.db"]


def test_purposes_have_keys_of_their_own(tmp_path: Path) -> None:
    """One key for everything would let a token's signature leak into the database's encryption."""
    keys, _ = open_keys(settings(tmp_path), database_exists=False)
    assert len({keys.derive("database"), keys.derive("visitor-token"), keys.derive("form-token")}) == 3


def test_a_short_master_key_is_refused(tmp_path: Path) -> None:
    """A guessable key is no key."""
    with pytest.raises(Misconfigured, match="at least 32"):
        open_keys(settings(tmp_path, master_key="secret"), database_exists=False)
