"""No word of a patient is taken before they agreed to the text that is shown today, and what they agreed to is kept."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from app.store.tables import Conversation, Lead
from tests.visitors.conftest import USUAL, Hall


@pytest.fixture
def hall(halls: Callable[..., Hall]) -> Hall:
    return halls()


def conversations(hall: Hall) -> list[Conversation]:
    with hall.running.desk.database.read() as session:
        return list(session.exec(select(Conversation)))


@pytest.mark.parametrize("consent", ["", "2019-01-1", None, 1, ["x"]])
def test_without_the_version_in_force_nothing_is_opened(hall: Hall, consent: Any) -> None:
    """A chat that opens on an old text, or on none, would take words that nobody agreed to give."""
    body = {"site_key": "harbor", "client_id": secrets.token_hex(8), "consent": consent}
    bodies = [body, {name: value for name, value in body.items() if name != "consent"}]
    for one in bodies:
        assert hall.client.post("/api/v1/conversations", json=one).status_code == 422
    assert conversations(hall) == []


def test_what_was_agreed_to_and_told_is_kept_with_the_talk(hall: Hall) -> None:
    """Nobody could show later which text a patient saw."""
    hall.open()
    [talk] = conversations(hall)
    assert talk.consent_version == hall.consent()
    assert talk.disclosure_version


def test_the_form_without_scripts_asks_too(hall: Hall) -> None:
    """The way without scripts must not be the way without consent; what was typed stays in the form."""
    page = hall.client.get("/chat/harbor").text
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    form = {"form_token": token[1], "action": "referral", **USUAL}
    for consent in ({}, {"consent": "2019-01-1"}):
        answer = hall.client.post("/chat/harbor", data=form | consent, follow_redirects=False)
        assert answer.status_code == 422
        assert USUAL["patient_name"] in answer.text
    with hall.running.desk.database.read() as session:
        assert session.exec(select(Lead)).first() is None
