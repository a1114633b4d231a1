"""The actions of a clinic: those in force, their versions, and the version that a lead or a talk began with."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, func, select

from app.actions.problems import NotAnAction
from app.actions.reading import action_from
from app.actions.shipped import NAMES, VERSION, shipped_actions, shipped_document
from app.dialogue.action import Action
from app.errors import NotFound
from app.store.session import Database
from app.store.tables import ActionVersion

log = logging.getLogger("frontdesk.actions")
Origin = Literal["shipped", "changed", "own"]


@dataclass(frozen=True, slots=True)
class StoredAction:
    """One version of an action. `origin`: as shipped, a shipped one that the clinic changed, or the clinic's own.
    `document` is the action as it was written, with `enabled` where it is not on. The shipped version 1 was made by
    nobody at no time."""

    name: str
    number: int
    enabled: bool
    origin: Origin
    document: dict[str, Any]
    made_by_kind: str | None = None
    made_by: str | None = None
    created_at: datetime | None = None


def stored_actions(session: Session, clinic_id: str) -> list[StoredAction]:
    """The versions in force, switched off ones too: the shipped names first, then the clinic's own by name."""
    newest = (
        select(ActionVersion.name, func.max(ActionVersion.number).label("number"))
        .where(ActionVersion.clinic_id == clinic_id)
        .group_by(ActionVersion.name)
        .subquery()
    )
    rows = select(ActionVersion).where(
        ActionVersion.clinic_id == clinic_id,
        ActionVersion.name == newest.c.name,
        ActionVersion.number == newest.c.number,
    )
    found = {row.name: _stored(row) for row in session.exec(rows)}
    shipped = [found.get(name) or _as_shipped(name) for name in NAMES]
    return [*shipped, *(found[name] for name in sorted(found.keys() - set(NAMES)))]


def versions_of(session: Session, clinic_id: str, name: str) -> list[StoredAction]:
    """Every version, the newest first. Raises NotFound for a name that the clinic does not have."""
    rows = select(ActionVersion).where(ActionVersion.clinic_id == clinic_id, ActionVersion.name == name)
    found = [_stored(row) for row in session.exec(rows.order_by(col(ActionVersion.number).desc()))]
    if name in NAMES:
        found.append(_as_shipped(name))
    if not found:
        raise NotFound(f"There is no action {name!r}.", "See `frontdesk actions list`.")
    return found


def actions_of(database: Database, clinic_id: str) -> list[StoredAction]:
    """`stored_actions` in a session of its own."""
    with database.read() as session:
        return stored_actions(session, clinic_id)


def history_of(database: Database, clinic_id: str, name: str) -> list[StoredAction]:
    """`versions_of` in a session of its own."""
    with database.read() as session:
        return versions_of(session, clinic_id, name)


def action_made_with(session: Session, clinic_id: str, name: str, version: str) -> Action | None:
    """The action with the words and slots that a lead was made with, or that a conversation began with: version 1 of
    a shipped name, or a row. None when there is no such version."""
    if name in NAMES and version == VERSION:  # a clinic's own versions of a shipped action begin after it
        return next(action for action in shipped_actions() if action.name == name)
    number = int(version) if version.isdecimal() else 0
    row = session.exec(
        select(ActionVersion).where(
            ActionVersion.clinic_id == clinic_id, ActionVersion.name == name, ActionVersion.number == number
        )
    ).first()
    return parsed(_stored(row)) if row else None


def actions_made_with(
    database: Database, clinic_id: str, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Action | None]:
    """(name, version) to the action, for several leads at once."""
    with database.read() as session:
        return {key: action_made_with(session, clinic_id, *key) for key in set(wanted)}


def parsed(stored: StoredAction) -> Action | None:
    """The action that the stored data describes. What a newer release cannot read is left out with a word in the log;
    of a shipped action the shipped version stands in."""
    try:
        return action_from(stored.document, str(stored.number))
    except NotAnAction as problem:
        log.error("action %s version %s cannot be read: %s", stored.name, stored.number, problem.problems[0])
    return action_from(shipped_document(stored.name), VERSION) if stored.name in NAMES else None


def _stored(row: ActionVersion) -> StoredAction:
    body = shipped_document(row.name) if row.body is None else row.body
    document = {key: value for key, value in body.items() if key != "enabled"}
    if "enabled" in body or not row.enabled:
        document = {"name": row.name, "enabled": row.enabled} | document
    origin: Origin = "shipped" if row.body is None else "changed" if row.name in NAMES else "own"
    return StoredAction(
        row.name, row.number, row.enabled, origin, document, row.made_by_kind, row.made_by, row.created_at
    )


def _as_shipped(name: str) -> StoredAction:
    return StoredAction(name, int(VERSION), True, "shipped", shipped_document(name))
