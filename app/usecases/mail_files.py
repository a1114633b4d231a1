"""The local mailbox: where no mail server is set up, a notice is a file."""

from collections.abc import Iterable

from app.settings import Settings


def remove_mail_files(settings: Settings, notice_ids: Iterable[str]) -> int:
    """Removes the files of these notices. Returns how many there were."""
    gone = 0
    for notice_id in notice_ids:
        for path in (settings.data_dir / "mail").glob(f"{notice_id}*"):
            path.unlink(missing_ok=True)
            gone += 1
    return gone
