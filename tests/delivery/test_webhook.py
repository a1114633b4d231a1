"""Webhooks against a real receiver, verified as the receiving side would: with the Standard Webhooks library."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.clock import system_clock
from app.delivery.base import Target
from app.delivery.outbound_http import Outbound
from app.delivery.transports.webhook import WebhookTransport, new_secret
from app.errors import Operator
from tests.delivery.facts import NASTY, facts
from tests.receiver import Posted, Receiver, receiver

TRANSPORT = WebhookTransport(Outbound(5.0, allow_private=True), system_clock())


def send(other: Receiver, *secrets: str, **changes: object) -> Posted:
    assert TRANSPORT.send(facts(**changes), Target("dest_a", "webhook", other.url, secrets)) == "delivered"
    return other.posted[-1]


def test_a_receiver_verifies_it_with_the_library() -> None:
    """A receiver could not tell the desk's messages from anybody else's."""
    secret = new_secret()
    with receiver() as other:
        sent = send(other, secret)
    read = Webhook(secret).verify(sent.body, sent.headers)
    assert read == {
        "type": "lead.complete",
        "timestamp": "2026-03-02T12:00:00+00:00",
        "data": {
            "site_key": "harbor",
            "referral_id": "lead_abc",
            "reference": "K7M2P9Q",
            "outcome": "ready",
            "link": "https://desk.example/dashboard/key/leads/lead_abc",
        },
    }
    assert b"Rosa" not in sent.body, "thin by default"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(sent.body.replace(b"ready", b"urgent"), sent.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(sent.body, sent.headers)


def test_the_id_stays_and_the_time_moves_over_tries() -> None:
    """A receiver knows a second copy by its id, and refuses one that was recorded and played again."""
    secret, times = new_secret(), []
    with receiver() as other:
        for second in (1, 400):
            clock = lambda second=second: datetime.fromtimestamp(1_770_000_000 + second, UTC)  # noqa: E731
            WebhookTransport(Outbound(5.0, allow_private=True), clock).send(
                facts(), Target("dest_a", "webhook", other.url, (secret,))
            )
            times.append(other.posted[-1].headers["webhook-timestamp"])
    assert times == ["1770000001", "1770000400"]
    first, second = other.posted
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "notice_abc"
    assert first.body == second.body
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_during_a_rotation_both_secrets_verify() -> None:
    """A receiver that has not got the new one yet would refuse every referral."""
    new, old = new_secret(), new_secret()
    with receiver() as other:
        sent = send(other, new, old)
    for secret in (new, old):
        assert Webhook(secret).verify(sent.body, sent.headers)
    assert len(sent.headers["webhook-signature"].split(" ")) == 2


def test_fields_travel_as_data_only_where_allowed() -> None:
    """What a patient typed stays one string, whatever is in it."""
    secret = new_secret()
    with receiver() as other:
        sent = send(
            other, secret, fields={"patient_name": NASTY, "preferred_times": [{"days": ["tue"]}], "odd": "\ud800"}
        )
    data = Webhook(secret).verify(sent.body, sent.headers)["data"]
    assert data["fields"]["patient_name"] == NASTY
    assert not any("Rosa" in value or "thief" in value for value in sent.headers.values())
    assert json.loads(sent.body)["data"]["fields"]["preferred_times"] == [{"days": ["tue"]}]


def test_the_librarys_own_example_is_signed_the_same() -> None:
    """The scheme is the published one: this is the test vector of the specification."""
    from app.delivery.transports.webhook import signed

    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        Target("dest_a", "webhook", "https://x.example", (secret,)),
        b'{"test": 2432232314}',
        lambda: datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_sent() -> None:
    """An unsigned message would teach a receiver to take unsigned ones."""
    with receiver() as other:
        with pytest.raises(Operator, match="no secret"):
            TRANSPORT.send(facts(), Target("dest_a", "webhook", other.url))
        assert other.posted == []


def test_a_target_shows_neither_address_nor_secret() -> None:
    """A traceback or a log line would give them away."""
    shown = repr(Target("dest_a", "webhook", "https://x.example/token", ("whsec_abc",)))
    assert "token" not in shown
    assert "whsec" not in shown
