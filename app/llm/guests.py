"""Who may use the language model, turn by turn."""

from collections.abc import Iterable
from typing import Protocol

from app.llm.base import Guest
from app.llm.redaction import Kind
from app.store.queries.clinics import ClinicFacts


class Guests(Protocol):
    """The install's model; each turn of a clinic that has it on gets one guest."""

    def for_turn(
        self,
        clinic: ClinicFacts,
        *,
        conversation_id: str | None,
        known: Iterable[tuple[Kind, str]] = (),
        seconds: float | None = None,
    ) -> Guest | None:
        """None where the clinic has the model off. `known` are (kind, value) of what must not leave."""
        ...
