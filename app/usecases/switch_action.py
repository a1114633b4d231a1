"""switch_action and reset_action: an action is offered or not; a shipped one is again what the release ships."""

from sqlmodel import Session

from app.actions.shipped import NAMES
from app.desk import Desk
from app.dialogue.decide import CALLBACK
from app.errors import Invalid
from app.store.audit import Actor, record
from app.store.queries.actions import StoredAction, versions_of
from app.store.queries.clinics import ClinicFacts
from app.usecases.publish_actions import add_version


def switch_action(desk: Desk, clinic: ClinicFacts, name: str, actor: Actor, *, on: bool) -> StoredAction:
    """The action as it stands afterwards. Switched off, nobody can start it; talks under way go on. Raises NotFound,
    and Invalid for the one action that the desk itself needs."""
    if name == CALLBACK and not on:
        raise Invalid(f"The action {name!r} cannot be switched off.", "Whoever asks for a person gets it.")

    def work(session: Session) -> StoredAction:
        now = versions_of(session, clinic.id, name)[0]
        if now.enabled != on:
            written = {key: value for key, value in now.document.items() if key != "enabled"}
            body = None if now.origin == "shipped" else written
            add_version(session, clinic.id, name, now.number + 1, actor, desk.clock(), body, on)
            verb = "switched_on" if on else "switched_off"
            record(session, desk.clock(), actor, verb, ("action", f"{name}/{now.number + 1}"), clinic.id)
        return versions_of(session, clinic.id, name)[0]

    return desk.database.write(work)


def reset_action(desk: Desk, clinic: ClinicFacts, name: str, actor: Actor) -> StoredAction:
    """The action as it stands afterwards: from now on it follows the releases. The clinic's versions are kept. Raises
    NotFound, and Invalid for an action that was never shipped."""
    if name not in NAMES:
        raise Invalid(f"The action {name!r} is not a shipped one.", f"Shipped are {', '.join(NAMES)}.")

    def work(session: Session) -> StoredAction:
        now = versions_of(session, clinic.id, name)[0]
        if now.origin != "shipped" or not now.enabled:
            add_version(session, clinic.id, name, now.number + 1, actor, desk.clock(), None, True)
            record(session, desk.clock(), actor, "reset", ("action", f"{name}/{now.number + 1}"), clinic.id)
        return versions_of(session, clinic.id, name)[0]

    return desk.database.write(work)
