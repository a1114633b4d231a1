"""The coordinator's mailbox: starts the mail server's process, tells it how to misbehave, and reads what it took."""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

import trustme

from tests.faults.mail_server import CERTIFICATE, MAILBOX
from tests.mail import free_port
from tests.server import ROOT


@dataclass(frozen=True)
class Arrived:
    """One mail in the mailbox. `answered` is false when the server stored it and the sender never heard so."""

    at: float
    answered: bool
    content: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]

    @property
    def message_id(self) -> str:
        """The header."""
        return str(self.mail["Message-ID"])

    @property
    def referral_id(self) -> str:
        """Which referral it announces."""
        return str(self.mail["X-Referral-Id"])

    @cached_property
    def text(self) -> str:
        """The text part, with runs of white space made one space."""
        part = self.mail.get_body(("plain",))
        return " ".join(part.get_content().split()) if part is not None else ""


class Mailbox:
    """Use as a context manager. `url` is for FRONTDESK_SMTP_URL."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self._folder, self._offset, self._mails = folder, 0, list[Arrived]()
        self.port = free_port()
        self.authority = folder / "authority.pem"
        if tls:
            _certify(folder)
        user, mode = ("clinic:secret@", "required") if tls else ("", "none")
        self.url = f"smtp://{user}127.0.0.1:{self.port}?tls={mode}"

    def __enter__(self) -> "Mailbox":
        command = [sys.executable, "-m", "tests.faults.mail_server", str(self._folder), str(self.port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._heard()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def misbehave(self, fault: dict[str, Any]) -> int:
        """Puts a fault of `mail_faults` in force ({} ends it). Returns how many connections there were so far."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(fault) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the mail server's process ended"
        return int(line)

    def mails(self) -> list[Arrived]:
        """Every mail that was written so far, oldest first."""
        path = self._folder / MAILBOX
        with path.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                told = json.loads(line)
                self._mails.append(Arrived(told["at"], told["answered"], base64.b64decode(told["mail"])))
        return self._mails


def _certify(folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / CERTIFICATE)
