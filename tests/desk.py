"""A real desk in this process: database, turn engine and answerer; the index rests, so papers are found by words."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.bootstrap import Running, build
from app.dialogue.phrasing import ClinicWords, consent
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts
from app.usecases.create_clinic import ClinicDraft, create_clinic
from app.usecases.open_conversation import open_conversation
from app.usecases.receive_message import Words, receive_message
from tests.cast import test_settings


@contextmanager
def desk_at_rest(folder: Path, **changes: Any) -> Iterator[Running]:
    """A desk whose worker and timetable do not run."""
    running = build(test_settings(folder, **changes))
    try:
        yield running
    finally:
        running.close()


def make_clinic(
    running: Running, name: str = "Maple Street Physical Therapy", *, model_on: bool = False
) -> ClinicFacts:
    """A clinic that speaks English and Spanish."""
    draft = ClinicDraft(
        name=name,
        phone="703-555-0100",
        timezone="America/New_York",
        coordinator_email="front@maple.example",
        languages=("en", "es"),
        model_on=model_on,
    )
    return create_clinic(running.desk, draft, COMMAND)


class Talk:
    """One conversation; `say` returns the contract's reply object."""

    def __init__(self, running: Running, clinic: ClinicFacts) -> None:
        self.running, self.clinic = running, clinic
        words = ClinicWords(clinic.name, clinic.phone)
        version, _ = consent(running.desk.wording("en"), words)
        self.events: list[tuple[str, dict[str, Any]]] = []
        """Of the last turn, as they were sent while it ran."""
        self.opened = open_conversation(running.desk, clinic, secrets.token_hex(8), version, None)

    def say(self, text: str) -> dict[str, Any]:
        """Plays one turn through the whole engine."""
        words = Words(self.opened.conversation_id, secrets.token_hex(8), text)
        self.events = []
        return receive_message(
            self.running.desk, self.clinic, words, lambda kind, data: self.events.append((kind, data))
        )

    @property
    def streamed(self) -> str:
        """What a patient saw of the last reply while it formed."""
        return "".join(data["text"] for kind, data in self.events if kind == "delta")
