"""try_model: one small call with made-up words, also while the clinic has the model off."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.desk import Desk
from app.dialogue.shipped import read_yaml
from app.errors import Unavailable
from app.llm.base import Failure, Guest, ModelFailed, Part, Prompt
from app.store.audit import Actor, record
from app.store.queries.clinics import ClinicFacts
from app.store.queries.models import egress_page
from app.usecases.model_failures import explained
from app.usecases.switch_model import need_model

MOST_TOKENS = 120


@dataclass(frozen=True, slots=True)
class Tried:
    """`said` is what came back, also before a failure. Where it failed, `what` happened and a `remedy`. `egress_id` is
    the record of what left; None when nothing did."""

    said: str
    seconds: float
    failure: Failure | None
    what: str
    remedy: str
    egress_id: str | None

    @property
    def ok(self) -> bool:
        """Whether the model answered."""
        return self.failure is None


def try_model(desk: Desk, clinic: ClinicFacts, actor: Actor) -> Tried:
    """Counts against the clinic's tokens of the day. Raises Invalid where the install has no model."""
    need_model(desk)
    target = ("clinic", clinic.id)
    desk.database.write(lambda session: record(session, desk.clock(), actor, "model_tried", target, clinic.id))
    trial = read_yaml("app.usecases", "trial.yaml")
    before, began = _newest(desk, clinic), time.monotonic()
    said: list[str] = []
    failure: Failure | None = None
    assert desk.guests is not None
    known = [(kind, value) for kind, value in trial["known"]]
    guest = desk.guests.for_turn(replace(clinic, model_on=True), conversation_id=None, known=known)
    if guest is None:
        raise Unavailable("The desk is shutting down.")
    try:
        said.extend(_asked(guest, trial))  # what came before a failure stays in it
    except ModelFailed as problem:
        failure = problem.failure
    seconds, left = round(time.monotonic() - began, 2), _newest(desk, clinic)
    words = explained(failure) if failure else None
    return Tried(
        said="".join(said).strip(),
        seconds=seconds,
        failure=failure,
        what=words.what if words else "",
        remedy=words.remedy if words else "",
        egress_id=left if left != before else None,
    )


def _asked(guest: Guest, trial: Mapping[str, Any]) -> Any:
    prompts = [Prompt("system", [Part(trial["system"])]), Prompt("user", [Part(trial["patient"], "patient")])]
    return guest.stream("trial", prompts, max_tokens=MOST_TOKENS)


def _newest(desk: Desk, clinic: ClinicFacts) -> str | None:
    """The newest trial on record."""
    lines = egress_page(desk.database, clinic.id).lines
    return next((line.id for line in lines if line.purpose == "trial"), None)
