"""A notice to send in tests, whose patient is up to no good."""

from datetime import UTC, datetime
from typing import Any

from app.delivery.base import NoticeFacts
from app.delivery.summary import Line, Section, Summary

NASTY = "Rosa <!channel> & <https://evil.example|click> <@U123> *bold*\r\nBcc: thief@elsewhere.example"
WHO = Section("who", "Who", (Line(NASTY, "Name"), Line("+12125550143", "Phone")))


def facts(**changes: Any) -> NoticeFacts:
    """A complete referral."""
    usual: dict[str, Any] = {
        "notice_id": "notice_abc",
        "referral_id": "lead_abc",
        "kind": "complete",
        "clinic": "Harbor & Sons Therapy",
        "site_key": "harbor",
        "reference": "K7M2P9Q",
        "summary": Summary("Referral · Complete", (), (WHO,)),
        "link": "https://desk.example/dashboard/key/leads/lead_abc",
        "created_at": datetime(2026, 3, 2, 12, tzinfo=UTC),
        "local_time": "Monday, March 02, 2026, 07:00 AM",
        "outcome": "ready",
    }
    return NoticeFacts(**(usual | changes))
