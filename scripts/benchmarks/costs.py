"""What a referral, its mail and a turn cost in processor time, in this process without the web and in a server of its
own over HTTP: a busy machine changes it less than times. Still, compare two trees by turns and take the least."""

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.usecases.submit_contact import submit_contact
from scripts.benchmarks.load import FIELDS, TURNS_AT_ONCE
from scripts.benchmarks.mailbox import arrived, mailbox
from scripts.benchmarks.processes import Bare, processor_ms, running
from scripts.benchmarks.table import Figure
from scripts.benchmarks.turns import BEGIN
from tests.desk import Talk, desk_at_rest, make_clinic
from tests.server import Server, Visitor, wait_for

WARM = 10
AT_ONCE = TURNS_AT_ONCE
TURNS = (BEGIN, "My name is Rosa Delgado", "212-555-0143", "my knee", "Cigna")
"""What one conversation says, again and again."""


def measure(folder: Path, number: int = 80, rounds: int = 3) -> list[Figure]:
    """`number` of each for `rounds` times."""
    return [*_here(folder / "here", number, rounds), *_over_http(folder / "http", number, rounds)]


def _here(folder: Path, number: int, rounds: int) -> list[Figure]:
    """One after another in this thread; what the writer did is what another thread did."""
    found: dict[str, list[tuple[float, float]]] = {}
    with desk_at_rest(folder) as desk:
        clinic = make_clinic(desk)

        def referrals(talks: Sequence[Talk]) -> None:
            for talk in talks:
                slots = FIELDS | {"contact": f"rosa.{secrets.token_hex(4)}@mail.example"}  # no two say the same
                submit_contact(desk.desk, clinic, talk.opened.conversation_id, secrets.token_hex(8), "referral", slots)

        def turns(talks: Sequence[Talk]) -> None:
            for place in range(number):
                talks[place // WARM].say(TURNS[place % len(TURNS)])

        for _ in range(1 + rounds):
            talks, others = ([Talk(desk, clinic) for _ in range(number)] for _ in range(2))
            works: dict[str, Callable[[], object]] = {
                "a referral": lambda talks=talks: referrals(talks),
                "its mail, into a folder": lambda: desk.worker.drain(["deliver"]),
                "a turn": lambda talks=others: turns(talks),
            }
            for name, work in works.items():
                found.setdefault(name, []).append(_cost(work, number))
            desk.worker.drain(["deliver"])
    figures = []
    for name, costs in found.items():
        whole, writing = zip(*costs[1:], strict=True)  # the first warms
        figures += [Figure(f"{name}: processor time", "ms", list(whole))]
        figures += [Figure(f"{name}: of it while nobody else may write", "ms", list(writing))]
    return figures


def _cost(work: Callable[[], object], number: int) -> tuple[float, float]:
    own, whole = time.thread_time(), time.process_time()
    work()
    own, whole = time.thread_time() - own, time.process_time() - whole
    return whole * 1000 / number, (whole - own) * 1000 / number


def _over_http(folder: Path, number: int, rounds: int) -> list[Figure]:
    """AT_ONCE side by side, in a server beside the bare application; the mails go over SMTP meanwhile and count."""
    folder.mkdir()
    with mailbox(folder / "mails") as (port, mails):
        server = Server(folder, SMTP_URL=f"smtp://127.0.0.1:{port}?tls=none", RATE_LIMITS="off")
        bare = Bare(folder / "bare")
        with running(server), running(bare), ThreadPoolExecutor(AT_ONCE) as side_by_side:
            wait_for("the index", lambda: server.http.get("/readyz").json()["index_ready"])
            site_key, sent = server.clinic(), 0
            assert server.process is not None
            assert bare.process is not None
            ours, theirs = server.process.pid, bare.process.pid

            def refer(visitor: Visitor) -> None:
                slots = FIELDS | {"contact": f"rosa.{secrets.token_hex(4)}@mail.example"}
                body = {"client_id": secrets.token_hex(8), "action": "referral", "slots": slots}
                assert visitor.post("/contact", body).status_code < 300

            def talk(visitor: Visitor) -> None:
                for place in range(number // AT_ONCE):
                    visitor.say(TURNS[place % len(TURNS)])

            def write(_: int) -> None:
                bare.http.post("/notes", json={"text": "a note"}).raise_for_status()

            referrals, turns, writes = [], [], []
            for _ in range(1 + rounds):
                visitors = [Visitor(server, site_key) for _ in range(number + AT_ONCE)]
                began = processor_ms(ours)
                list(side_by_side.map(refer, visitors[:number]))
                sent += number
                wait_for("the mails", lambda sent=sent: len(arrived(mails)) >= sent)
                between = processor_ms(ours)
                list(side_by_side.map(talk, visitors[number:]))
                turns.append((processor_ms(ours) - between) / number)
                referrals.append((between - began) / number)
                began = processor_ms(theirs)
                list(side_by_side.map(write, range(number)))
                writes.append((processor_ms(theirs) - began) / number)
    return [
        Figure("a referral over HTTP and its mail: the server's processor time", "ms", referrals[1:], writes[1:]),
        Figure("a turn over HTTP: the server's processor time", "ms", turns[1:], writes[1:], times=4.0),
    ]
