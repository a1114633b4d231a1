"""What doctor finds of the language model: whether its server can be reached, takes the key and knows the model, and
which clinics use it. Never the key."""

from collections.abc import Iterator
from typing import Any

from app.control.commands.doctor_storage import finding
from app.desk import Desk
from app.llm.base import Failure, ModelFailed
from app.llm.guests import Guests
from app.store.queries.models import clinics_with_model
from app.usecases.model_failures import explained

CHECK = "language model"
_NAMED = 5
"""Models of the server that are named when the wanted one is not among them."""


def model_findings(desk: Desk) -> Iterator[dict[str, Any]]:
    """One or two findings. A model that fails is a fault only where a clinic uses it: patients are answered without."""
    users = clinics_with_model(desk.database)
    if desk.guests is None:
        idle = f"; it is switched on for {', '.join(users)} and does nothing" if users else ""
        yield finding(CHECK, not users, f"none{idle}", "frontdesk clinic set --model off, or name one (docs/model.md)")
        return
    yield _server(desk.guests, users)
    yield from _agreement(desk, users)


def _server(guests: Guests, users: list[str]) -> dict[str, Any]:
    used = f"used by {', '.join(users)}" if users else "no clinic uses it"
    where = f"{guests.model} at {guests.host}"
    try:
        models = guests.models()
    except ModelFailed as problem:
        words = explained(problem.failure)
        known = problem.failure == Failure.UNAUTHORIZED
        return finding(CHECK, not users and not known, f"{where}: {words.what} ({used})", words.remedy)
    if models is None:
        return finding(CHECK, True, f"{where}: reached; it does not say which models it has ({used})")
    if guests.model in models:
        return finding(CHECK, True, f"{where}: reached, key taken, model known ({used})")
    some = ", ".join(sorted(models)[:_NAMED]) + (", ..." if len(models) > _NAMED else "") or "none"
    remedy = "Set FRONTDESK_LLM_MODEL to one of them; frontdesk model try says whether the model answers."
    return finding(CHECK, False, f"{where}: the server does not name this model among its own: {some} ({used})", remedy)


def _agreement(desk: Desk, users: list[str]) -> Iterator[dict[str, Any]]:
    settings = desk.settings
    if settings.llm_local or settings.llm_baa.strip() or not users:
        return
    said = f"used by {', '.join(users)}, and no agreement (BAA) is named in FRONTDESK_LLM_BAA"
    yield finding(CHECK, True, said)
