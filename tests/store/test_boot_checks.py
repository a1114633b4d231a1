"""What must not be opened is refused with one line, and not a byte of it changes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.errors import Misconfigured
from app.settings import Settings
from app.store import boot_checks, opening, schema
from app.store.boot_checks import check_sqlite
from app.store.crypto import Keys
from app.store.database_file import DATABASE, connection_to, opens
from app.store.opening import Store, open_store, preflight
from app.store.session import Database
from app.store.upgrade_copies import FOLDER, keep_copy, remove_old_copies, upgrade_copies
from tests.store.test_migrations import at_release
from tests.store.test_session import entry, verbs

KEY = SecretStr("0123456789abcdef" * 4)


def settings(folder: Path, **changes: object) -> Settings:
    return Settings(**{"env": "test", "data_dir": folder, "master_key": KEY, **changes})


def closed(given: Settings) -> Store:
    store = open_store(given)
    store.database.close()
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with an install in it."""
    store = open_store(settings(tmp_path / "data"))
    store.database.write(lambda s: [entry(s, f"verb_{number}" * 7) for number in range(400)] and None)
    store.database.close()
    return tmp_path / "data"


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file's bytes and mode."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode) for path in files}


def refused(
    given: Settings, words: str, looks: tuple[Callable[[Settings], object], ...] = (preflight, open_store)
) -> None:
    """One line with its remedy; nothing changed, by looking or by opening."""
    before = contents(given.data_dir)
    for look in looks:
        with pytest.raises(Misconfigured, match=words) as problem:
            look(given)
        assert "\n" not in problem.value.message
        assert problem.value.remedy
        assert contents(given.data_dir) == before


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_sqlite_that_loses_data_is_refused(version: tuple[int, ...]) -> None:
    """The system's own SQLite may be one of these."""
    with pytest.raises(Misconfigured, match="can damage"):
        check_sqlite(version)
    check_sqlite((3, 51, 3))


@pytest.mark.parametrize("victim", [".", DATABASE, "keys.json"])
def test_another_owner_is_refused(folder: Path, victim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that was once started as root leaves files that its own user can never open again."""
    if os.geteuid() == 0:
        os.chown(folder / victim, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    refused(settings(folder), "belongs to user")


def test_a_folder_that_others_may_enter_is_refused_in_production(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """There it holds patients' data; on a laptop it is said and no more."""
    folder.chmod(0o750)
    refused(settings(folder, env="production", public_url="https://desk.example"), "mode 750")
    caplog.clear()
    closed(settings(folder))
    assert "mode 750" in caplog.text


def test_a_full_disk_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that runs out of room half-way leaves more to mend than one that never began."""
    monkeypatch.setattr(boot_checks, "ROOM", 2**60)
    refused(settings(folder), "is full")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, folder: Path) -> None:
    """A read-only mount is found at the first patient otherwise."""
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    for command in (["mount", "--bind", folder, mounted], ["mount", "-o", "remount,bind,ro", mounted]):
        done = subprocess.run([*map(str, command)], capture_output=True, text=True) if shutil.which("mount") else None
        if done is None or done.returncode:
            pytest.skip("mounting is not permitted here")
    try:
        refused(settings(mounted), "cannot be written")
    finally:
        subprocess.run(["umount", str(mounted)], check=True)


def test_a_damaged_database_is_refused(folder: Path) -> None:
    """Going on with it would spread the damage, into the backups too."""
    with (folder / DATABASE).open("r+b") as file:
        file.seek(-9000, 2)
        file.write(bytes(500))
    refused(settings(folder), "is damaged", (open_store,))


def test_a_database_without_its_first_page_is_refused(folder: Path) -> None:
    """It looks like a wrong key, but another key would not help."""
    with (folder / DATABASE).open("r+b") as file:
        file.write(bytes(4096))
    refused(settings(folder), "first page")


def test_damage_is_seen_through_the_log_of_a_crash(folder: Path, tmp_path: Path) -> None:
    """After a crash the newest pages are in the log; looking must read them and leave them."""
    store = open_store(settings(folder))
    store.database.write(lambda s: entry(s, "in_the_log"))
    crashed = shutil.copytree(folder, tmp_path / "crashed", ignore=shutil.ignore_patterns("*-shm"))
    store.database.close()
    assert (crashed / f"{DATABASE}-wal").stat().st_size > 0
    again = open_store(settings(crashed))
    assert "in_the_log" in verbs(again.database)
    again.database.close()


def test_a_newer_database_is_refused(folder: Path) -> None:
    """An old program would write rows that the new one cannot read."""
    with closing(connection_to(folder / DATABASE, closed(settings(folder)).database.key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused(settings(folder), "newer")


def of_release_6(folder: Path) -> Settings:
    """A data folder as the version of that schema left it: the master key itself encrypts the database."""
    folder.mkdir(mode=0o700)
    old = Database(folder / DATABASE, Keys(KEY.get_secret_value().encode()).derive("database"))
    at_release(old.engine, "0006")
    with old.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO clinic (id, site_key, name, phone, timezone, coordinator_email, origins, service_zips,"
            " languages, email_fields, knowledge_version, created_at) VALUES ('c', 'k', 'n', 'p', 'UTC', 'e@c.example',"
            " '[]', '[]', '[]', '[]', 0, '2026-11-01 12:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO audit_entry (at, actor_kind, verb, target_kind, target_id)"
            " VALUES ('2026-11-01 12:00:00', 'desk', 'old', 't', '1')"
        )
    old.engine.dispose()
    return settings(folder)


def test_an_upgrade_keeps_a_copy_of_before(tmp_path: Path) -> None:
    """Whoever must go back needs the database as it was; encrypted, and not for ever."""
    given = of_release_6(tmp_path / "data")
    store = open_store(given)
    assert "old" in verbs(store.database)
    assert schema.current(store.database.engine) == schema.HEAD
    key = store.database.key
    store.database.close()
    [copy] = upgrade_copies(given.data_dir)
    assert copy.stat().st_mode & 0o077 == 0
    with closing(connection_to(copy, key)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
        assert connection.execute("SELECT verb FROM audit_entry").fetchall() == [("old",)]
    closed(given)
    assert upgrade_copies(given.data_dir) == [copy], "a start without an upgrade makes none"


def test_old_copies_go(folder: Path) -> None:
    """What was expunged must not live on in a forgotten file."""
    key = closed(settings(folder)).database.key
    kept = [keep_copy(folder, folder / DATABASE, key, "0006") for _ in range(3)]
    (folder / FOLDER / "0006-half.db.part").write_bytes(b"half")
    assert remove_old_copies(folder) == 1
    assert set((folder / FOLDER).iterdir()) == set(kept[1:])
    os.utime(kept[1], (0, 0))
    assert remove_old_copies(folder) == 1
    assert upgrade_copies(folder) == kept[2:]


def test_a_failing_upgrade_leaves_the_old_database_working(tmp_path: Path) -> None:
    """A clinic that updated on a Friday evening must be able to go back to the version that worked."""
    given = of_release_6(tmp_path / "data")
    script = """import sys
from app.store import schema
from app.store.opening import open_store
from app.settings import load_settings
from pathlib import Path
schema.MIGRATIONS, schema.HEAD = Path(sys.argv[1]), "9998"
open_store(load_settings())
"""
    broken = shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    (broken / "versions" / "9998_broken.py").write_text(
        "from alembic import op\nrevision = '9998'\n"
        f"down_revision = {schema.HEAD!r}\nbranch_labels = None\ndepends_on = None\n\n"
        "def upgrade():\n    op.execute('DELETE FROM audit_entry_gone')\n"
    )
    env = {**os.environ, "FRONTDESK_ENV": "test", "FRONTDESK_DATA_DIR": str(given.data_dir)}
    env |= {"FRONTDESK_MASTER_KEY": KEY.get_secret_value(), "PYTHONPATH": str(Path(opening.__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", script, str(broken)], env=env, capture_output=True, text=True)
    assert "nothing was changed" in done.stderr, done.stderr
    key = Keys(KEY.get_secret_value().encode()).derive("database")
    assert opens(given.data_dir / DATABASE, key)
    with closing(connection_to(given.data_dir / DATABASE, key)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006",)
        assert connection.execute("SELECT verb FROM audit_entry").fetchall() == [("old",)]
    store = open_store(given)
    assert "old" in verbs(store.database)
    store.database.close()
