"""A visitor's token opens one conversation for a while; nobody learns anything about another."""

import re

import pytest

from tests.visitors.conftest import Hall, every_request, hall


def shown(answer) -> tuple[int, bytes, dict[str, str]]:  # type: ignore[no-untyped-def]
    """All that a caller can see."""
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "date"}


def test_another_visitors_conversation_looks_like_one_that_never_was(shared: Hall) -> None:
    """Byte for byte: a difference would tell that somebody talks to this clinic, or which ids exist."""
    mine, other, elsewhere = shared.open(), shared.open(), shared.open("mesa")
    other.say("hello")
    token = {"Authorization": f"Bearer {mine.token}"}
    random = type(mine)(shared, "conv_aaaaaaaaaaaaaaaaaaaaaaaaaa", mine.token)
    ended = shared.open()
    assert ended.call("DELETE").status_code == 200
    for method, path, body in every_request(mine):
        expected = shown(random.call(method, path, body))
        assert expected[0] == 404, path
        for talk in (other, elsewhere, ended):
            assert shown(talk.call(method, path, body, **token)) == expected, path
        assert shown(ended.call(method, path, body)) == expected, path


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer x", "Basic abc", "Bearer conv_a.99999999999~x"]
)
def test_without_a_token_that_was_signed_here_nothing_opens(shared: Hall, authorization: str) -> None:
    """The same for a conversation that exists and one that does not, before a body is read."""
    talk = shared.open()
    random = type(talk)(shared, "conv_aaaaaaaaaaaaaaaaaaaaaaaaaa", "")
    for method, path, body in every_request(talk):
        refused = talk.call(method, path, body, Authorization=authorization)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_signed_in"), path
        assert shown(refused) == shown(random.call(method, path, body, Authorization=authorization)), path
    wrong_body = talk.call("POST", "/messages", {"nothing": "right"}, Authorization=authorization)
    assert wrong_body.status_code == 401


def test_a_token_cannot_be_stretched_or_moved(shared: Hall) -> None:
    """Its end and its conversation are signed."""
    mine, other = shared.open(), shared.open()
    id_and_end, signature = mine.token.split("~")
    _, end = id_and_end.rsplit(".", 1)
    for forged in (f"{mine.id}.{int(end) + 9999}~{signature}", f"{other.id}.{end}~{signature}", f"{id_and_end}~"):
        for talk in (mine, other):
            assert talk.call("GET", Authorization=f"Bearer {forged}").status_code == 401


def test_ids_and_tokens_cannot_be_guessed(shared: Hall) -> None:
    """128 random bits, in no order."""
    talks = [shared.open() for _ in range(20)]
    assert all(re.fullmatch(r"conv_[a-z2-7]{26}", talk.id) for talk in talks)
    assert len({talk.id[:9] for talk in talks}) > 15
    assert [talk.id for talk in talks] != sorted(talk.id for talk in talks)


def test_a_talk_that_outlives_its_token_goes_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Somebody who writes when the day is over must not lose what was said; a token from yesterday opens nothing."""
    with hall(tmp_path_factory.mktemp("clock")) as here:
        talk = here.open()
        talk.say("My knee hurts")
        here.later(hours=24, seconds=1)
        expired = talk.say("and my back")
        assert (expired.status_code, expired.json()["error"]["code"]) == (401, "token_expired")
        body = {"client_id": "renewed-0001"}
        made = talk.call("POST", "/token", body)
        assert made.status_code == 201
        assert talk.call("POST", "/token", body).json() == made.json()
        fresh = type(talk)(here, talk.id, made.json()["token"])
        assert fresh.say("and my back").status_code == 200
        assert [m["text"] for m in fresh.call("GET").json()["messages"] if m["author"] == "patient"] == [
            "My knee hurts",
            "and my back",
        ]
        here.later(hours=1)
        assert talk.call("POST", "/token", {"client_id": "renewed-0002"}).status_code == 401
        assert fresh.call("DELETE").status_code == 200
        assert fresh.call("POST", "/token", {"client_id": "renewed-0003"}).status_code == 404


def test_a_token_stands_in_no_address(shared: Hall) -> None:
    """Addresses are logged, kept in histories and sent to other sites."""
    talk = shared.open()
    for name in ("token", "access_token", "authorization"):
        address = f"/api/v1/conversations/{talk.id}?{name}={talk.token}"
        assert shared.client.get(address).status_code == 401
