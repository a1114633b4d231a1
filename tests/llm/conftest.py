"""A desk at rest per module, and guests of it at whatever server a test scripts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from app.bootstrap import Running
from app.clock import day_in
from app.delivery.connecting import connect
from app.llm import budget
from app.llm.base import ModelFailed, OutputSchema, Part, Prompt
from app.llm.guests import Guests
from app.llm.turn_guest import TurnGuest
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Egress
from tests.desk import Talk, desk_at_rest, make_clinic

SCHEMA = OutputSchema(
    "note",
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "words"],
        "properties": {"kind": {"enum": ["ask", "tell"]}, "words": {"type": "string"}},
    },
)
VALUE = {"kind": "tell", "words": "The first visit takes an hour."}
PROMPTS = (
    Prompt("system", [Part("Answer from the passages.")]),
    Prompt("user", [Part("[1] The first visit takes an hour.", "paper"), Part("\nHow long is it?", "patient")]),
)


@dataclass
class Install:
    """A desk and one clinic of it that uses the model, with one conversation."""

    running: Running
    clinic: ClinicFacts
    conversation_id: str
    made: list[Guests] = field(default_factory=list)

    def guests(self, base_url: str, **changes: Any) -> Guests:
        """The model server's part of the desk, fresh: nothing learned, nobody resting."""
        settings = self.running.desk.settings.model_copy(
            update={"llm_base_url": base_url, "llm_model": "scripted", **changes}
        )
        desk = self.running.desk
        clock, trusted = changes.pop("clock", desk.clock), changes.pop("trusted", None)
        found = Guests(settings, desk.database, clock, partial(connect, allow_private=True), trusted=trusted)
        found.warm()
        self.made.append(found)
        return found

    def turn(self, guests: Guests, seconds: float | None = 30.0, **more: Any) -> TurnGuest:
        """One turn's guest."""
        guest = guests.for_turn(self.clinic, conversation_id=self.conversation_id, seconds=seconds, **more)
        assert guest is not None
        return guest

    def rows(self) -> list[Egress]:
        """What left for this clinic, oldest first."""
        with self.running.desk.database.read() as session:
            found = session.exec(select(Egress).where(Egress.clinic_id == self.clinic.id)).all()
            session.expunge_all()
        return sorted(found, key=lambda row: row.sent_at)

    def day(self) -> budget.DayUse:
        """The clinic's tokens today."""
        desk = self.running.desk
        with desk.database.read() as session:
            return budget.used(session, self.clinic.id, day_in(self.clinic.timezone, desk.clock()))


@dataclass
class Got:
    """How a call ended."""

    said: str
    value: Any
    failure: str
    seconds: float


def called(guest: TurnGuest, way: str, max_tokens: int = 50) -> Got:
    """One call, `way` "complete" or "stream"; what it said until it failed."""
    pieces: list[str] = []
    value, failure, start = None, "", time.monotonic()
    try:
        if way == "complete":
            value = guest.complete("understand", PROMPTS, SCHEMA, max_tokens=max_tokens)
        else:
            for piece in guest.stream("answer", PROMPTS, max_tokens=max_tokens):
                pieces.append(piece)
    except ModelFailed as problem:
        failure = problem.failure.value
    return Got("".join(pieces), value, failure, time.monotonic() - start)


def made(running: Running) -> Install:
    """A clinic that uses the model, and a conversation."""
    clinic = replace(make_clinic(running), model_on=True)
    return Install(running, clinic, Talk(running, clinic).opened.conversation_id)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with desk_at_rest(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def install(running: Running) -> Iterator[Install]:
    found = made(running)
    yield found
    for guests in found.made:
        guests.close()
