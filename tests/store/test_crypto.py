"""The master key and the keyring: made once, found again, never replaced behind a database's back."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.errors import Misconfigured
from app.settings import Settings
from app.store.crypto import Keys, NotOurs, seal, unseal
from app.store.keyring import KEYRING
from app.store.master_key import MasterKey
from app.store.opening import Store, open_store
from app.store.session import Database
from app.store.uploads import Uploads


@pytest.fixture(autouse=True)
def keys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Key files of tests do not land in the developer's own folder."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


def settings(tmp_path: Path, **changes: object) -> Settings:
    return Settings(**{"env": "local", "data_dir": tmp_path / "data", **changes})


def opened(given: Settings) -> Store:
    """The store, closed again."""
    store = open_store(given)
    store.database.close()
    return store


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_key_is_made_once_outside_the_data_folder(tmp_path: Path, keys_home: Path) -> None:
    """Beside the data it would be stolen with the data."""
    first = opened(settings(tmp_path))
    assert first.new_key_file is not None
    assert keys_home in first.new_key_file.parents
    assert first.new_key_file.stat().st_mode & 0o777 == 0o600
    again = opened(settings(tmp_path))
    assert again.new_key_file is None
    assert again.keyring.keys.derive("token") == first.keyring.keys.derive("token")
    secrets = [first.new_key_file.read_bytes().strip(), first.keyring.root, *first.keyring.data.values()]
    raw = b"".join(contents(tmp_path / "data").values())
    assert not [one for one in secrets if one in raw or one.hex().encode() in raw]


def test_a_moved_data_folder_finds_its_key(tmp_path: Path) -> None:
    """Without the id in the folder, moving it would lock the clinic out."""
    first = opened(settings(tmp_path))
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    again = opened(settings(tmp_path, data_dir=tmp_path / "elsewhere"))
    assert again.keyring.data == first.keyring.data


@pytest.mark.parametrize("key", [None, "another key of a good length, but wrong"])
def test_without_its_key_an_install_is_refused_and_untouched(tmp_path: Path, key: str | None) -> None:
    """A new key for an old database would make it unreadable for good."""
    opened(settings(tmp_path, master_key=SecretStr("a" * 64)))
    before = contents(tmp_path / "data")
    with pytest.raises(Misconfigured, match="master key") as refused:
        open_store(settings(tmp_path, master_key=SecretStr(key) if key else None))
    assert "\n" not in refused.value.message
    assert contents(tmp_path / "data") == before


def test_an_install_of_the_first_versions_goes_on(tmp_path: Path) -> None:
    """There the master key itself encrypted the database, and papers lay in clear."""
    master = "0123456789abcdef" * 4
    given = settings(tmp_path, master_key=SecretStr(master))
    folder = tmp_path / "data" / "uploads" / "clinic_1"
    folder.mkdir(parents=True)
    (folder / "ver_1").write_bytes(b"A visit costs $90.")
    old = Database(tmp_path / "data" / "frontdesk.db", Keys(master.encode()).derive("database"))
    old.open()
    old.close()
    before = contents(tmp_path / "data")
    with pytest.raises(Misconfigured, match="cannot be opened with this master key"):
        open_store(settings(tmp_path, master_key=SecretStr("f" * 64)))
    assert contents(tmp_path / "data") == before
    for _ in range(2):
        store = opened(given)
        assert store.keyring.keys.derive("visitor-token") == Keys(master.encode()).derive("visitor-token")
        assert store.uploads.read("clinic_1", "ver_1") == b"A visit costs $90."
        assert b"A visit" not in (folder / "ver_1").read_bytes()


def test_a_paper_opens_only_where_it_belongs(tmp_path: Path) -> None:
    """Whoever can write to the disk must not give one clinic another's paper, or a plain one of their own."""
    uploads: Uploads = opened(settings(tmp_path)).uploads
    uploads.put("clinic_1", "ver_1", b"ours")
    uploads.put("clinic_2", "ver_1", b"theirs")
    theirs = uploads.path("clinic_2", "ver_1").read_bytes()
    for forged in (theirs, b"plain", b"", theirs[:20], theirs[:-1] + bytes([theirs[-1] ^ 1])):
        uploads.path("clinic_1", "ver_1").write_bytes(forged)
        with pytest.raises(NotOurs):
            uploads.read("clinic_1", "ver_1")
    assert uploads.read("clinic_2", "ver_1") == b"theirs"
    with pytest.raises(ValueError, match="path"):
        uploads.path("..", "ver_1")


def test_what_was_planted_in_clear_is_not_taken_in(tmp_path: Path) -> None:
    """Only once, at the upgrade, are plain papers ours."""
    given = settings(tmp_path)
    opened(given).uploads.put("clinic_1", "ver_1", b"ours")
    (tmp_path / "data" / "uploads" / "clinic_1" / "ver_2").write_bytes(b"planted")
    with pytest.raises(NotOurs):
        opened(given).uploads.read("clinic_1", "ver_2")


def test_purposes_have_keys_of_their_own() -> None:
    """One key for everything would let a token's signature leak into the database's encryption."""
    keys = Keys(b"x" * 32)
    assert len({keys.derive("database"), keys.derive("visitor-token"), keys.derive("form-token")}) == 3


def test_sealed_bytes_are_bound() -> None:
    """Without the binding, sealed bytes could be moved to where they mean something else."""
    sealed = seal(b"k" * 32, b"words", b"here")
    assert unseal(b"k" * 32, sealed, b"here") == b"words"
    for key, bound in ((b"k" * 32, b"there"), (b"l" * 32, b"here")):
        with pytest.raises(NotOurs):
            unseal(key, sealed, bound)


def test_a_short_master_key_is_refused(tmp_path: Path) -> None:
    """A guessable key is no key."""
    with pytest.raises(Misconfigured, match="at least 32"):
        open_store(settings(tmp_path, master_key=SecretStr("secret")))
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["", "{}", "null", '{"format": 1, "masters": {}, "sealed": ""}'])
def test_a_damaged_keyring_is_refused_and_untouched(tmp_path: Path, text: str) -> None:
    """A fresh ring in its place would lock the data away for good."""
    opened(settings(tmp_path))
    (tmp_path / "data" / KEYRING).write_text(text)
    before = contents(tmp_path / "data")
    with pytest.raises(Misconfigured, match=r"damaged.*|master key is missing"):
        open_store(settings(tmp_path))
    assert contents(tmp_path / "data") == before


def test_a_lost_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    """The clinic would believe that nobody had ever written."""
    opened(settings(tmp_path))
    (tmp_path / "data" / "frontdesk.db").unlink()
    with pytest.raises(Misconfigured, match="lost its database"):
        open_store(settings(tmp_path))


def test_the_fingerprint_names_the_key_and_does_not_give_it_away() -> None:
    """It stands in manifests and on screens."""
    one = MasterKey(b"a" * 64)
    assert one.fingerprint != MasterKey(b"b" * 64).fingerprint
    assert len(one.fingerprint) == 16
