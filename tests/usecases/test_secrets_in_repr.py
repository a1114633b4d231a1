"""Whatever prints a part of the desk, a log line or a trace among them, prints no secret."""

from pathlib import Path

from tests.cast import MASTER_KEY
from tests.desk import desk_at_rest


def test_no_secret_is_printed_with_the_desk(tmp_path: Path) -> None:
    """One line of debugging would put the keys to everything into a log."""
    with desk_at_rest(tmp_path, smtp_url="smtp://desk:mail-password@127.0.0.1:1?tls=none") as running:
        ring = running.desk.keyring
        secrets = [ring.root, *ring.data.values(), ring.master.secret, ring.database_key(ring.current)]
        printed = "".join(map(repr, (running, running.desk, ring, ring.master, ring.keys)))
    for secret in secrets:
        assert repr(secret) not in printed
        assert secret.hex() not in printed
    assert MASTER_KEY not in printed
    assert "mail-password" not in printed
