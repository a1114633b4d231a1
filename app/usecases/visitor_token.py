"""The signed, short-lived token that a visitor's browser holds for one conversation."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, Signer

from app.desk import Desk
from app.errors import NotSignedIn
from app.store.turns import no_conversation

LIFETIME = timedelta(hours=24)
GRACE = timedelta(hours=1)
"""How long after its end a token may still be exchanged for a new one, so that a talk goes on in its middle."""
LONGEST = 400
_AGAIN = "Start a new conversation."


def issue_token(desk: Desk, conversation_id: str, since: datetime) -> str:
    """A token for the conversation, the same each time, good for 24 hours from `since` on."""
    return _signer(desk).sign(f"{conversation_id}.{int(expiry(since).timestamp())}").decode()


def expiry(since: datetime) -> datetime:
    """When a token that was issued for `since` ends."""
    return datetime.fromtimestamp(int((since + LIFETIME).timestamp()), UTC)


def check_token(desk: Desk, token: str | None, conversation_id: str, *, grace: timedelta = timedelta(0)) -> None:
    """Raises NotSignedIn without a token that this install signed and that is good now, or was `grace` ago; NotFound
    when it is good for another conversation, in the words for one that does not exist."""
    try:
        named, _, expires = _signer(desk).unsign((token or "")[:LONGEST]).decode().rpartition(".")
        left = int(expires) + grace.total_seconds() - desk.clock().timestamp()
    except (BadSignature, UnicodeError, ValueError):
        raise NotSignedIn("The conversation's token is missing or wrong.", _AGAIN) from None
    if left <= 0:
        raise NotSignedIn("The conversation's token has expired.", _AGAIN, code="token_expired")
    if named != conversation_id:
        raise no_conversation()


def _signer(desk: Desk) -> Signer:
    return Signer(desk.keys.derive("visitor-token"), salt="conversation", sep="~")
