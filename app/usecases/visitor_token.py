"""The signed, short-lived token that a visitor's browser holds for one conversation."""

from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer

from app.desk import Desk
from app.errors import NotSignedIn

LIFETIME = timedelta(hours=24)


def issue_token(desk: Desk, conversation_id: str, created_at: datetime) -> str:
    """A token for the conversation, the same each time, good for 24 hours from the conversation's start."""
    expires = int((created_at + LIFETIME).timestamp())
    return _signer(desk).sign(f"{conversation_id}.{expires}").decode()


def check_token(desk: Desk, token: str | None, conversation_id: str) -> None:
    """Raises NotSignedIn unless `token` opens this conversation now."""
    try:
        named, _, expires = _signer(desk).unsign(token or "").decode().rpartition(".")
    except (BadSignature, UnicodeDecodeError):
        raise NotSignedIn("The conversation's token is missing or wrong.", "Start a new conversation.") from None
    if named != conversation_id:
        raise NotSignedIn("The token belongs to another conversation.", "Start a new conversation.")
    if desk.clock().timestamp() >= int(expires):
        raise NotSignedIn("The conversation's token has expired.", "Start a new conversation.")


def _signer(desk: Desk) -> Signer:
    return Signer(desk.keys.derive("visitor-token"), salt="conversation", sep="~")
