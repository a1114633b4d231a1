"""An id that somebody else could guess opens nobody's talk."""

import secrets
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.usecases.unguessable import is_unguessable
from tests.visitors.conftest import Hall

HOME, ELSEWHERE = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}


def opened(hall: Hall, client_id: str, place: dict[str, str]) -> dict[str, Any]:
    body = {"site_key": "harbor", "client_id": client_id, "consent": hall.consent()}
    answer = hall.client.post("/api/v1/conversations", json=body, headers=place)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize("client_id", ["visit-01", "12345678", "conversation-000000000000000001", "a" * 40])
def test_a_guessed_id_from_elsewhere_opens_another_talk(halls: Callable[..., Hall], client_id: str) -> None:
    """Counting through short ids would give a stranger the tokens of patients' talks."""
    hall = halls(trusted_proxies=1)
    mine = opened(hall, client_id, HOME)
    theirs = opened(hall, client_id, ELSEWHERE)
    assert theirs["conversation_id"] != mine["conversation_id"]
    assert theirs["token"] != mine["token"]
    assert opened(hall, client_id, HOME) == mine, "the same caller gets the same"
    assert opened(hall, client_id, ELSEWHERE) == theirs
    body = {"site_key": "harbor", "client_id": client_id, "consent": hall.consent(), "language": "es"}
    assert hall.client.post("/api/v1/conversations", json=body, headers=HOME).status_code == 422


@pytest.mark.parametrize("make", [lambda: str(uuid.uuid4()), lambda: secrets.token_hex(16)], ids=["uuid", "widget"])
def test_a_random_id_is_good_wherever_the_caller_moves(halls: Callable[..., Hall], make: Callable[[], str]) -> None:
    """A phone that leaves the Wi-Fi while it opens the chat would get two talks."""
    hall, client_id = halls(trusted_proxies=1), make()
    assert opened(hall, client_id, HOME) == opened(hall, client_id, ELSEWHERE)


@pytest.mark.parametrize(
    ("client_id", "good"),
    [
        ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", True),
        ("018f2504-4f89-7cd3-9a0c-0305e82c3301", True),
        ("9f86d081884c7d659a2feaa0c55ad015", True),
        ("dQw4w9WgXcQ-aB3xYz7LmN", True),
        ("00000000-0000-4000-8000-000000000001", False),
        ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", False),
        ("9f86d081884c7d65", False),
        ("0" * 32, False),
        ("the-conversation-of-the-clinic-01", False),
    ],
)
def test_what_random_generators_make_is_told_from_what_people_count(client_id: str, good: bool) -> None:
    """Either a guessable id would count everywhere, or a good one nowhere."""
    assert is_unguessable(client_id) is good
