"""Posts notices to a clinic's own systems, signed by Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from standardwebhooks import Webhook

from app.clock import Clock
from app.delivery.alerts import alert_body
from app.delivery.base import AlertFacts, Ended, NoticeFacts, Target
from app.delivery.outbound_http import Outbound
from app.delivery.posting import post
from app.errors import Operator

SECRET_PREFIX = "whsec_"  # noqa: S105  # how such a secret begins
SECRET_BYTES = 32


def new_secret() -> str:
    """256 random bits, as Standard Webhooks writes them."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def body_of(facts: NoticeFacts) -> dict[str, Any]:
    """What is posted: ids, reference, outcome and link; fields only where the clinic allows some for this place."""
    data: dict[str, Any] = {
        "site_key": facts.site_key,
        "referral_id": facts.referral_id,
        "reference": facts.reference,
        "outcome": facts.outcome,
        "link": facts.link,
    }
    if facts.fields:
        data["fields"] = dict(facts.fields)
    return {"type": f"lead.{facts.kind}", "timestamp": facts.created_at.isoformat(), "data": data}


def signed(message_id: str, to: Target, body: bytes, clock: Clock) -> Mapping[str, str]:
    """The headers: the id is the notice's and stays the same over all tries; each secret in force signs."""
    now = clock()
    text = body.decode("ascii")
    signatures = [Webhook(secret).sign(message_id, now, text) for secret in to.secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class WebhookTransport:
    """One POST for each notice."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound, self._clock = outbound, clock

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Returns "delivered" once the other side answered 2xx."""
        return self._post(facts.notice_id, body_of(facts), to)

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`; the type is `outbox.dead`, `outbox.held` or `outbox.late`."""
        return self._post(facts.alert_id, alert_body(facts), to)

    def _post(self, message_id: str, what: Mapping[str, Any], to: Target) -> Ended:
        if not to.secrets:
            remedy = "Make one: frontdesk destinations rotate-secret."
            raise Operator("this webhook has no secret to sign with", remedy, scope="route")
        body = json.dumps(what, separators=(",", ":")).encode()
        post(self._outbound, self._clock, to.address, body, signed(message_id, to, body, self._clock))
        return "delivered"
