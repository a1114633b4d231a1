"""Whatever a model server does, a guest's call ends in time, says what was wrong, and is on record."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from app.llm.base import ModelFailed, Part, Prompt
from app.llm.breaker import FAILURES
from app.llm.retrying import MOST_TRIES
from tests.desk import Talk
from tests.llm import servers
from tests.llm.conftest import VALUE, Got, Install, called
from tests.llm.replies import Where
from tests.llm.servers import (
    Asked,
    Behaviour,
    Line,
    Script,
    always,
    babble,
    cut,
    in_turn,
    model_server,
    nobody_listens,
    redirect,
    say,
    stall,
    status,
    trickle,
)

SLACK_S = 5.0
"""Over the deadline, for a machine that is busy; the servers hang for a minute."""


@dataclass
class Case:
    script: Callable[[], Script]
    complete: str
    stream: str
    tries: tuple[int, int]
    """Requests of a complete and of a stream."""
    seconds: float = 30.0


def packed(line: Line) -> None:
    body = gzip.compress(b" " * 5_000_000)
    line.whole(body, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


CASES = {
    "401": Case(lambda: always(status(401)), "unauthorized", "unauthorized", (1, 1)),
    "403": Case(lambda: always(status(403)), "unauthorized", "unauthorized", (1, 1)),
    "404": Case(lambda: always(status(404)), "refused", "refused", (1, 1)),
    "408": Case(lambda: always(status(408)), "late", "late", (1, 1)),
    "429": Case(lambda: always(status(429)), "limited", "limited", (1, 1)),
    "429, later": Case(lambda: always(status(429, headers={"Retry-After": "60"})), "limited", "limited", (1, 1)),
    "429, soon": Case(lambda: always(status(429, headers={"Retry-After": "0"})), "limited", "limited", (3, 3)),
    "500": Case(lambda: always(status(500)), "server", "server", (4, 2)),
    "no headers": Case(lambda: always(stall("before_headers")), "late", "late", (1, 1), 1.5),
    "only headers": Case(lambda: always(stall("after_headers")), "late", "late", (1, 1), 1.5),
    "hangs in the middle": Case(lambda: always(stall("middle")), "late", "late", (1, 1), 1.5),
    "trickles": Case(lambda: always(trickle(0.05)), "late", "late", (1, 1), 1.5),
    "trickles its head": Case(lambda: always(trickle(0.05, head_too=True)), "late", "late", (1, 1), 1.5),
    "cut": Case(lambda: always(cut()), "cut", "cut", (3, 1)),
    "ends early": Case(lambda: always(cut(politely=True)), "invalid", "cut", (1, 1)),
    "broken JSON": Case(servers.invalid_json, "invalid", "invalid", (1, 1)),
    "10 MB": Case(servers.huge, "too_long", "too_long", (1, 1)),
    "never ends": Case(lambda: always(babble()), "too_long", "too_long", (1, 1)),
    "packed": Case(lambda: always(packed), "invalid", "invalid", (1, 1)),
    "unknown tool": Case(servers.unknown_tool, "invalid", "invalid", (1, 1)),
    "empty": Case(servers.empty, "empty", "empty", (1, 1)),
    "an error as a reply": Case(lambda: always(servers.raw(b'{"error": {"message": "no"}}')), "server", "cut", (2, 3)),
}


@pytest.mark.parametrize("way", ["complete", "stream"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_failing_server_costs_no_more_than_its_time(install: Install, name: str, way: str) -> None:
    case = CASES[name]
    with model_server(case.script()) as server:
        got = called(install.turn(install.guests(server.base_url), case.seconds), way)
        sent = [body.decode() for body in server.bodies]
    expected = case.complete if way == "complete" else case.stream
    assert got.failure == expected
    assert got.value is None
    assert got.seconds < case.seconds + SLACK_S
    rows = install.rows()
    assert [row.body for row in rows] == sent
    assert len(rows) == case.tries[way == "stream"]
    assert {row.result for row in rows} == {expected}
    assert all(row.ended_at is not None for row in rows)
    day = install.day()
    assert (day.calls, day.failed, day.reserved_tokens) == (len(rows), len(rows), 0)
    assert day.prompt_tokens + day.completion_tokens == sum(r.prompt_tokens + r.completion_tokens for r in rows)


@pytest.mark.parametrize("where", ["before_headers", "after_headers", "middle"])
def test_until_something_was_shown_a_stream_has_less_time(install: Install, where: Where) -> None:
    with model_server(always(stall(where))) as server:
        guest = install.turn(install.guests(server.base_url, llm_first_words_s=1.0), 50.0)
        begun = time.monotonic()
        with pytest.raises(ModelFailed) as failed:
            list(guest.stream("answer", [], max_tokens=50, shown=lambda: False))
        assert time.monotonic() - begun < 1.0 + SLACK_S * 2
        assert called(guest, "stream").failure == "late"
    assert failed.value.failure == "late"
    assert len(server.asked) == 1, "nobody waits twice in one turn"


def test_what_was_shown_has_the_rest_of_the_turn(install: Install) -> None:
    def slow(line: Line) -> None:
        line.hang(1.5)
        say("The first visit takes an hour.")(line)

    with model_server(always(slow)) as server:
        guest = install.turn(install.guests(server.base_url, llm_first_words_s=1.0), 50.0)
        said = "".join(guest.stream("answer", [], max_tokens=50, shown=lambda: True))
    assert said == "The first visit takes an hour."


def test_servers_without_first_words_are_left_alone_for_a_while(install: Install) -> None:
    with model_server(always(stall("after_headers"))) as server:
        guests = install.guests(server.base_url, llm_first_words_s=0.3)
        for _ in range(10):
            with pytest.raises(ModelFailed) as failed:
                list(install.turn(guests).stream("answer", [], max_tokens=50, shown=lambda: False))
    assert failed.value.failure == "resting"
    assert len(server.asked) < 10


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_a_refused_connection(install: Install, way: str) -> None:
    with nobody_listens() as url:
        got = called(install.turn(install.guests(url)), way)
    assert got.failure == "unreachable"
    assert [row.result for row in install.rows()] == ["unreachable"] * MOST_TRIES
    assert install.day().tokens == 0


@pytest.mark.parametrize("script", [servers.wrong_schema, servers.not_json])
def test_a_value_that_is_not_by_the_schema(install: Install, script: Callable[[], Script]) -> None:
    with model_server(script()) as server:
        got = called(install.turn(install.guests(server.base_url)), "complete")
    assert got.failure == "invalid"
    assert [row.result for row in install.rows()] == ["invalid"]


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_a_redirect_is_not_followed(install: Install, way: str) -> None:
    """Whoever may redirect could have patients' words sent anywhere."""
    with model_server(always(say("I am another"))) as other, model_server(always(redirect(other.base_url))) as server:
        got = called(install.turn(install.guests(server.base_url)), way)
        assert got.failure == "unreachable"
        assert other.asked == []


def test_what_was_said_before_the_cut_was_heard(install: Install) -> None:
    with model_server(always(cut("Park in the"))) as server:
        got = called(install.turn(install.guests(server.base_url)), "stream")
    assert (got.said, got.failure) == ("Park in the", "cut")


def test_the_limit_of_tokens_is_told(install: Install) -> None:
    """A sentence that ends there is no sentence."""
    with model_server(always(say("Park in the", finish="length"))) as server:
        got = called(install.turn(install.guests(server.base_url)), "stream")
    assert (got.said, got.failure) == ("Park in the", "too_long")


@pytest.mark.parametrize("way", ["complete", "stream"])
def test_a_server_that_gets_well_is_tried_again(install: Install, way: str) -> None:
    good = say(VALUE)
    with model_server(in_turn(status(429, headers={"Retry-After": "0"}), cut("", politely=False), good)) as server:
        got = called(install.turn(install.guests(server.base_url)), way)
    assert got.failure == ""
    assert got.value == VALUE if way == "complete" else json.loads(got.said) == VALUE
    assert [row.result for row in install.rows()] == ["limited", "cut", "ok"]


def test_understanding_leaves_time_for_the_answer(install: Install) -> None:
    """A model that hangs over a message may not use up the whole turn."""
    with model_server(always(stall("before_headers"))) as server:
        guest = install.turn(install.guests(server.base_url, llm_understand_s=0.5), 30.0)
        assert called(guest, "complete").failure == "late"
        server.script = always(say("It takes an hour."))
        assert called(guest, "stream").said == "It takes an hour."


def test_the_turn_bounds_all_its_calls(install: Install) -> None:
    with model_server(always(stall("middle"))) as server:
        guest = install.turn(install.guests(server.base_url), 1.5)
        first = called(guest, "stream")
        second = called(guest, "stream")
    assert (first.failure, second.failure) == ("late", "late")
    assert second.seconds < 1.5
    assert len(install.rows()) == 1  # there was no time left to send anything


def test_who_has_heard_enough_stops_the_server(install: Install) -> None:
    with model_server(always(say("Park in the garage. " * 10, pause_s=0.01))) as server:
        pieces = install.turn(install.guests(server.base_url)).stream("answer", [], max_tokens=500)
        assert next(pieces) == "Park"
        pieces.close()  # type: ignore[attr-defined]
    (row,) = install.rows()
    assert (row.result, row.tokens_estimated) == ("ok", True)
    assert install.day().reserved_tokens == 0


def test_no_more_wait_for_a_slow_model_than_may(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every thread of the desk would wait for the model, and other clinics' visitors for a thread."""
    monkeypatch.setattr("app.llm.gate.MOST_AT_ONCE", 2)
    arrived, go_on, got = threading.Semaphore(0), threading.Event(), []

    def slow(_: Asked) -> Behaviour:
        arrived.release()
        assert go_on.wait(60)
        return say(VALUE)

    with model_server(slow) as server:
        guests = install.guests(server.base_url, llm_understand_s=20.0)
        turns = [threading.Thread(target=lambda: got.append(called(install.turn(guests), "stream"))) for _ in range(2)]
        for turn in turns:
            turn.start()
        assert all(arrived.acquire(timeout=30) for _ in turns)
        refused = called(install.turn(guests), "stream")
        assert (refused.failure, len(install.rows())) == ("busy", 2)
        go_on.set()
        for turn in turns:
            turn.join()
        assert [one.failure for one in got] == ["", ""]
        assert called(install.turn(guests), "complete").value == VALUE
        assert guests.health().kept_back == {"busy": 1}


@pytest.mark.parametrize("hang", [stall("before_headers"), stall("middle"), trickle(0.05)])
def test_a_turn_that_is_hurried_waits_no_longer(install: Install, hang: Behaviour) -> None:
    """The patient typed more, and that may be an emergency; the server is not to blame."""
    arrived = threading.Event()

    def hanging(_: Asked) -> Behaviour:
        arrived.set()
        return hang

    with model_server(hanging) as server:
        guests = install.guests(server.base_url)
        other = replace(install, conversation_id=Talk(install.running, install.clinic).opened.conversation_id)
        for _ in range(FAILURES + 1):
            arrived.clear()
            got: list[Got] = []
            turn = install.turn(guests, 60.0)
            waiting = threading.Thread(target=lambda turn=turn, got=got: got.append(called(turn, "stream")))
            waiting.start()
            assert arrived.wait(30)
            guests.hurry(other.conversation_id)
            assert not turn.over.is_set()
            guests.hurry(install.conversation_id)
            waiting.join(30)
            assert [one.failure for one in got] == ["late"]
        assert called(turn, "complete").failure == "late"
        assert not guests.gate.breaker.resting
        assert len(server.asked) == FAILURES + 1


def test_nobody_waits_for_the_model_when_the_desk_stops(install: Install) -> None:
    arrived = threading.Event()

    def hanging(_: Asked) -> Behaviour:
        arrived.set()
        return stall("before_headers")

    with model_server(hanging) as server:
        guests, got = install.guests(server.base_url), []
        turn = install.turn(guests, 60.0)
        waiting = threading.Thread(target=lambda: got.append(called(turn, "stream")))
        waiting.start()
        assert arrived.wait(30)
        guests.stop()
        waiting.join(30)
        assert [one.failure for one in got] == ["late"]
        assert guests.for_turn(install.clinic, conversation_id=None) is None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_hangs_costs_a_part_of_the_turn(
    install: Install, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """Nothing is listening behind the look-up, or nobody shakes hands: no turn is worth waiting all its time for it."""
    monkeypatch.setattr("app.llm.connection.LONGEST_CONNECT_S", 0.5)

    def never(_host: str, _port: int, deadline: float) -> socket.socket:
        threading.Event().wait(deadline - time.monotonic())
        raise TimeoutError

    with socket.create_server(("127.0.0.1", 0)) as silent:
        guests = install.guests(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/v1")
        if scheme == "http":
            guests._endpoint, guests._connect = None, never
        got = called(install.turn(guests, 60.0), "stream")
    assert got.failure == "late"
    assert got.seconds < 30


def test_many_turns_at_once_get_their_own_replies(install: Install) -> None:
    def ask(n: int) -> None:
        prompts = [Prompt("user", [Part(f"number {n}", "patient")])]
        heard[n] = "".join(install.turn(guests).stream("answer", prompts, max_tokens=20))

    heard: dict[int, str] = {}
    with model_server(servers.honest(lambda asked: f"You said {asked.text}")) as server:
        guests = install.guests(server.base_url)
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert heard == {n: f"You said number {n}" for n in range(24)}
    assert [row.result for row in install.rows()] == ["ok"] * 24
    assert install.day().reserved_tokens == 0
