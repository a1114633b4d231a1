"""Many at once: referrals at a steady rate and into the mailbox, turns beside a bare write, and visitors who ask.

The generator shares the machine with the server, as everything else here does. Arrivals follow a clock, not the
server: when it is slow, requests pile up and the figures show it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx

from scripts.benchmarks import papers
from scripts.benchmarks.mailbox import arrived
from scripts.benchmarks.processes import Bare, resident_mib
from scripts.benchmarks.table import Figure, percentile
from scripts.benchmarks.turns import BEGIN
from tests.server import ORIGIN, Server

MAIL_PATIENCE_S = 120.0
TURNS_AT_ONCE = 8
PAUSE_S = 10.0
"""Between two questions of one visitor."""
FIELDS = {
    "patient_name": "Rosa Delgado",
    "reason": "rotator cuff surgery three weeks ago",
    "insurance_carrier": "Cigna",
    "member_id": "U1234567801",
    "preferred_times": "weekday mornings before 10",
}


@dataclass
class Outcome:
    """What became of requests: times in ms, and the statuses that were no success."""

    times: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


class Talkers:
    """Asynchronous visitors of one server."""

    def __init__(self, server: Server, site_key: str) -> None:
        self.site_key = site_key
        limits = httpx.Limits(max_connections=400, max_keepalive_connections=400)
        self.http = httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits, headers={"Origin": ORIGIN})
        self._consent = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
        self._numbers: Iterator[int] = iter(range(10**9))

    def client_id(self) -> str:
        """One that nobody used."""
        return f"load-{time.time_ns():x}-{next(self._numbers)}"

    async def open(self) -> tuple[str, dict[str, str]]:
        """A new conversation: its address and headers."""
        body = {"site_key": self.site_key, "client_id": self.client_id(), "consent": self._consent}
        opened = (await self.http.post("/api/v1/conversations", json=body)).raise_for_status().json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        return f"/api/v1/conversations/{opened['conversation_id']}", headers


def measure(
    server: Server, bare: Bare, site_key: str, mails: Path, *, seconds: float, rate: float, visitors: Sequence[int]
) -> list[Figure]:
    """The three figures of a busy hour: `rate` referrals a second for `seconds`, turns beside a bare write, and each
    number of `visitors` for `seconds` or longer."""
    return asyncio.run(_measure(server, bare, site_key, mails, seconds, rate, visitors))


async def _measure(
    server: Server, bare: Bare, site_key: str, mails: Path, seconds: float, rate: float, visitors: Sequence[int]
) -> list[Figure]:
    talkers = Talkers(server, site_key)
    figures = await _referrals(talkers, mails, min(seconds, 60.0), rate)
    figures += await _turns(talkers, bare)
    for number in visitors:
        figures += await _asking(talkers, server, number, seconds)
    await talkers.http.aclose()
    return figures


async def _referrals(talkers: Talkers, mails: Path, seconds: float, rate: float) -> list[Figure]:
    """Conversations are opened beforehand: the figure is about requests."""
    number = int(seconds * rate)
    opened = [await talkers.open() for _ in range(number)]
    outcome, acknowledged = Outcome(), []

    async def submit(place: int) -> None:
        address, headers = opened[place]
        slots = FIELDS | {"contact": f"rosa.{place}@mail.example"}  # no two say the same
        body = {"client_id": talkers.client_id(), "action": "referral", "slots": slots}
        answer = await _timed(outcome, talkers.http.post(f"{address}/contact", json=body, headers=headers))
        if answer is not None:
            acknowledged.append(answer.json()["referral_id"])

    await _at_rate(submit, number, rate)
    sent = time.time()
    late = await _until_in_mailbox(acknowledged, mails)
    name = f"{rate:g} referrals/s for {seconds:g} s"
    return [
        Figure(f"{name}: not acknowledged of {number}", "count", [float(number - len(acknowledged))], most=0),
        Figure(f"{name}: acknowledged after, p50", "ms", [percentile(outcome.times, 0.50)]),
        Figure(f"{name}: acknowledged after, p99", "ms", [percentile(outcome.times, 0.99)], most=500),
        Figure(f"{name}: not in the mailbox", "count", [float(len(late))], most=0),
        Figure(f"{name}: last in the mailbox after", "s", [max(0.0, _last(mails) - sent)], most=MAIL_PATIENCE_S),
    ]


async def _until_in_mailbox(referrals: Sequence[str], mails: Path) -> set[str]:
    """The referrals that are not there in time."""
    deadline = time.monotonic() + MAIL_PATIENCE_S
    missing = set(referrals) - set(arrived(mails))
    while missing and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        missing = set(referrals) - set(arrived(mails))
    return missing


def _last(mails: Path) -> float:
    return max(arrived(mails).values(), default=0.0)


async def _turns(talkers: Talkers, bare: Bare, number: int = 200, rounds: int = 5) -> list[Figure]:
    """Turns a second of TURNS_AT_ONCE visitors who answer the desk's questions, and bare writes a second in the same
    way, by turns. Shown as milliseconds for each, so that less is better."""
    opened = [await talkers.open() for _ in range(TURNS_AT_ONCE)]
    said = cycle([BEGIN, "My name is Rosa Delgado", "212-555-0143", "my knee", "Cigna"])

    async def turn(place: int) -> None:
        address, headers = opened[place % TURNS_AT_ONCE]
        body = {"client_id": talkers.client_id(), "text": next(said)}
        headers = headers | {"Accept": "application/json"}
        (await talkers.http.post(f"{address}/messages", json=body, headers=headers)).raise_for_status()

    async with httpx.AsyncClient(base_url=str(bare.http.base_url), timeout=30) as http:

        async def write(_: int) -> None:
            (await http.post("/notes", json={"text": "a note"})).raise_for_status()

        pairs = [(await _together(turn, number), await _together(write, number)) for _ in range(1 + rounds)]
    ours, theirs = zip(*pairs[1:], strict=True)  # the first warms
    return [Figure(f"a turn, {TURNS_AT_ONCE} at once", "ms of the server's time", ours, theirs, times=4.0)]


async def _together(work: Callable[[int], Awaitable[None]], number: int) -> float:
    """Milliseconds for each piece of work when TURNS_AT_ONCE run side by side."""

    async def lane(first: int) -> None:
        for place in range(first, number, TURNS_AT_ONCE):
            await work(place)

    began = time.perf_counter()
    await asyncio.gather(*(lane(first) for first in range(TURNS_AT_ONCE)))
    return (time.perf_counter() - began) / number * 1000


async def _asking(talkers: Talkers, server: Server, visitors: int, seconds: float) -> list[Figure]:
    """`visitors` people, each with one question every PAUSE_S. Memory counts from when each has asked three times: what
    is remembered of the papers is there by then."""
    assert server.process is not None
    first, words = Outcome(), Outcome()
    until = time.monotonic() + seconds
    talking = [
        asyncio.ensure_future(_visitor(talkers, place, visitors, until, first, words)) for place in range(visitors)
    ]
    await asyncio.sleep(min(3 * PAUSE_S, seconds / 2))
    before = resident_mib(server.process.pid)
    await asyncio.gather(*talking)
    drift = (resident_mib(server.process.pid) / before - 1) * 100
    name = f"{visitors} visitors, a question each {PAUSE_S:g} s for {seconds:g} s"
    return [
        Figure(f"{name}: failed of {len(words.times)}", "count", [float(len(words.failed))], most=0),
        Figure(f"{name}: first byte p50", "ms", [percentile(first.times, 0.50)]),
        Figure(f"{name}: first byte p95", "ms", [percentile(first.times, 0.95)], most=250),
        Figure(f"{name}: first words of the answer p95", "ms", [percentile(words.times, 0.95)]),
        Figure(f"{name}: memory more", "%", [drift], most=10),
    ]


async def _visitor(talkers: Talkers, place: int, visitors: int, until: float, first: Outcome, words: Outcome) -> None:
    await asyncio.sleep(place * PAUSE_S / visitors)
    address, headers = await talkers.open()
    asked = papers.questions()
    due = time.monotonic()
    for turn in range(10**9):
        if time.monotonic() > until:
            return
        await _ask(talkers, f"{address}/messages", headers, asked[(place + turn) % len(asked)], first, words)
        due += PAUSE_S
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _ask(
    talkers: Talkers, address: str, headers: dict[str, str], question: str, first: Outcome, words: Outcome
) -> None:
    began = time.perf_counter()
    body = {"client_id": talkers.client_id(), "text": question}
    text = ""
    async with talkers.http.stream("POST", address, json=body, headers=headers) as answer:
        if answer.status_code != 200:
            words.failed.append(answer.status_code)
            return
        async for piece in answer.aiter_text():
            passed = (time.perf_counter() - began) * 1000
            if not text:
                first.times.append(passed)
            if "event: delta" not in text and "event: delta" in text + piece:
                words.times.append(passed)
            text += piece
    if "event: done" not in text:
        words.failed.append(answer.status_code)


async def _at_rate(work: Callable[[int], Awaitable[None]], number: int, rate: float) -> None:
    began = time.monotonic()
    running = []
    for place in range(number):
        await asyncio.sleep(max(0.0, began + place / rate - time.monotonic()))
        running.append(asyncio.ensure_future(work(place)))
    await asyncio.gather(*running)


async def _timed(outcome: Outcome, request: Awaitable[httpx.Response]) -> httpx.Response | None:
    began = time.perf_counter()
    try:
        answer = await request
    except httpx.TransportError:
        outcome.failed.append(0)
        return None
    outcome.times.append((time.perf_counter() - began) * 1000)
    if answer.status_code >= 400:
        outcome.failed.append(answer.status_code)
        return None
    return answer
