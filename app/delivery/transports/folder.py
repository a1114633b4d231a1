"""Writes mails to a folder: what a desk without a mail server does outside production."""

import os
from pathlib import Path

from app.delivery.alerts import render_alert
from app.delivery.base import AlertFacts, Ended, NoticeFacts, Target
from app.delivery.notices import Mail, render
from app.errors import Operator, Transient


class FolderTransport:
    """One `.eml` file per notice; writing it again gives the same file."""

    def __init__(self, folder: Path, mail_from: str) -> None:
        self._folder, self._mail_from = folder, mail_from

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Writes the file durably, under its final name only when it is whole. Raises Transient."""
        return self._write(render(facts, to.address, self._mail_from))

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`."""
        return self._write(render_alert(facts, to.address, self._mail_from))

    def _write(self, mail: Mail) -> Ended:
        path = self._folder / f"{mail.key}.eml"
        partial = path.with_suffix(".partial")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(mail.message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as problem:
            raise Transient(f"The mail folder cannot be written: {problem.strerror}.", scope="route") from problem
        return "written"


class NoTransport:
    """Production without a mail server: every notice is held until someone sets one up."""

    def send(self, facts: NoticeFacts, to: Target) -> Ended:  # noqa: ARG002
        """Raises Operator."""
        raise Operator("no mail server", "Set FRONTDESK_SMTP_URL and restart.", scope="route")

    def alert(self, facts: AlertFacts, to: Target) -> Ended:  # noqa: ARG002
        """Raises Operator."""
        raise Operator("no mail server", "Set FRONTDESK_SMTP_URL and restart.", scope="route")
