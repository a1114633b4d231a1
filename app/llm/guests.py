"""Who may use the install's language model: each turn gets its leave here (app/llm/turn_guest.py), for a clinic that
has it on, and every request is recorded and counted before it leaves."""

import ssl
import threading
import time
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from weakref import WeakSet

from app.clock import Clock
from app.llm.base import Purpose
from app.llm.egress import Request, Whereto
from app.llm.gate import Gate
from app.llm.health import Health
from app.llm.redaction import Kind, Vault
from app.llm.turn_guest import TurnGuest
from app.settings import Settings
from app.store.queries.clinics import ClinicFacts
from app.store.session import Database

if TYPE_CHECKING:
    from app.llm.connection import Connect
    from app.llm.openai_compatible import Endpoint

LOOK_S = 10.0


class Guests:
    """The install's model server; `connect` opens connections, `trusted` are the certificates that count (the system's
    without it). Safe to use from many threads."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        connect: "Connect",
        *,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        self.gate = Gate(self.host, clock)
        self._database, self._clock, self._connect, self._trusted = database, clock, connect, trusted
        self._endpoint: Endpoint | None = None
        self._lock = threading.Lock()
        self._turns: WeakSet[TurnGuest] = WeakSet()
        self._stopped = False

    @property
    def host(self) -> str:
        """Host and port of the server."""
        return urlsplit(self.settings.llm_base_url).netloc

    @property
    def model(self) -> str:
        """The model's name there."""
        return self.settings.llm_model

    @property
    def local(self) -> bool:
        """Whether the operator marked it as running on this machine."""
        return self.settings.llm_local

    @property
    def redacted(self) -> bool:
        """Whether patients' words are hidden from it."""
        return self.settings.llm_redaction == "on"

    def for_turn(
        self,
        clinic: ClinicFacts,
        *,
        conversation_id: str | None,
        known: Iterable[tuple[Kind, str]] = (),
        seconds: float | None = None,
    ) -> "TurnGuest | None":
        """Leave for one turn, which begins now and may take `seconds` (LLM_TURN_S without it). `known` is what the desk
        knows of the patient, to be hidden wherever it stands. None: this clinic does not use the model, or the desk
        is stopping."""
        if not clinic.model_on or self._stopped:
            return None
        limit = self.settings.llm_turn_s if seconds is None else seconds
        vault = Vault(known) if self.redacted else None
        turn = TurnGuest(self, clinic, conversation_id, vault, limit, time.monotonic() + limit)
        with self._lock:
            self._turns.add(turn)
        return turn

    def hurry(self, conversation_id: str) -> None:
        """The patient has typed more: the turn that is running waits for the model no longer. What was typed may be an
        emergency."""
        with self._lock:
            turns = [turn for turn in self._turns if turn.conversation_id == conversation_id]
        for turn in turns:
            turn.over.set()

    def stop(self) -> None:
        """The desk is stopping: nobody waits for the model any longer, and nothing more leaves."""
        self._stopped = True
        with self._lock:
            turns = list(self._turns)
        for turn in turns:
            turn.over.set()

    def health(self) -> Health:
        """How the server has done since the start."""
        return self.gate.tally.health(self.host, self.model, local=self.local, redacted=self.redacted)

    def spent(self, clinic_id: str, day: date) -> bool:
        """Whether a call of this clinic was kept back on `day`, its own, because the day's tokens did not suffice;
        known since the start of the desk."""
        return self.gate.tally.spent.get(clinic_id) == day

    def models(self, seconds: float = LOOK_S) -> list[str] | None:
        """Names of the models that the server says it has, None where it does not say. Nothing of a patient or a clinic
        leaves for it. Raises ModelFailed."""
        return self.endpoint().models(time.monotonic() + seconds)

    def warm(self) -> None:
        """Loads what the first call needs, which takes a second; nothing is sent."""
        self.endpoint()

    def endpoint(self) -> "Endpoint":
        """The server, with what was learned about it."""
        with self._lock:
            if self._endpoint is None:
                from app.llm.connection import Line
                from app.llm.openai_compatible import Endpoint

                key = self.settings.llm_api_key
                line = Line(self._connect, key.get_secret_value() if key else "", self._trusted)
                self._endpoint = Endpoint(self.settings.llm_base_url.rstrip("/"), self.model, line)
            return self._endpoint

    def close(self) -> None:
        """Ends idle connections."""
        with self._lock:
            if self._endpoint is not None:
                self._endpoint.line.close()

    def request(self, clinic: ClinicFacts, conversation_id: str | None, purpose: Purpose, max_tokens: int) -> Request:
        """The record of one request that is about to leave."""
        whereto = Whereto(self.host, self.model, self.local, self.redacted)
        return Request(
            self._database,
            self._clock,
            whereto,
            clinic,
            conversation_id,
            purpose,
            max_tokens,
            self.settings.llm_tokens_per_day,
            self.gate.tally,
        )
