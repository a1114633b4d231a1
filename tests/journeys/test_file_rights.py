"""What a server writes can be read by its own user alone, also when somebody copies the files with their rights."""

from pathlib import Path

from tests.server import serving


def test_nothing_in_the_data_folder_is_for_others(tmp_path: Path) -> None:
    """A folder that is closed helps no longer once its files lie elsewhere."""
    with serving(tmp_path) as server:
        server.clinic()
        files = [path for path in server.data.rglob("*") if path.is_file()]
        assert {path.name for path in files} >= {"frontdesk.db", "keys.json"}
        assert [path.name for path in files if path.stat().st_mode & 0o077] == []
