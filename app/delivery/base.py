"""What a transport promises."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered e-mail and where it goes. `key` is constant over all tries of one notice."""

    key: str
    recipient: str
    message: EmailMessage


class MailTransport(Protocol):
    """Hands a mail over."""

    def send(self, mail: Mail) -> Literal["delivered", "written"]:
        """Returns how it ended. Raises Transient, Permanent or Operator."""
        ...
